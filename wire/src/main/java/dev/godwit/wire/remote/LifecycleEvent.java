package dev.godwit.wire.remote;

/** The numbers of {@link DomainEvents#LIFECYCLE}: what happened, and for each of it the detail. */
public final class LifecycleEvent {

    // @formatter:off
    /** It has a configuration. */     public static final int DEFINED = 0;
    /** It has no more. */             public static final int UNDEFINED = 1;
    /** It started. */                 public static final int STARTED = 2;
    /** Its CPUs stopped. */           public static final int SUSPENDED = 3;
    /** Its CPUs run again. */         public static final int RESUMED = 4;
    /** It is off. */                  public static final int STOPPED = 5;
    /** It finished shutting down. */  public static final int SHUTDOWN = 6;
    /** It sleeps. */                  public static final int PMSUSPENDED = 7;
    /** It crashed. */                 public static final int CRASHED = 8;

    /** Details of {@link #DEFINED}. */
    public static final class Defined {
        /** New. */                    public static final int ADDED = 0;
        /** Changed. */                public static final int UPDATED = 1;
        /** Renamed. */                public static final int RENAMED = 2;
        /** From a snapshot. */        public static final int FROM_SNAPSHOT = 3;

        private Defined() {}
    }

    /** Details of {@link #UNDEFINED}. */
    public static final class Undefined {
        /** Removed. */                public static final int REMOVED = 0;
        /** Renamed. */                public static final int RENAMED = 1;

        private Undefined() {}
    }

    /** Details of {@link #STARTED}. */
    public static final class Started {
        /** Booted. */                 public static final int BOOTED = 0;
        /** A receiver was prepared. */ public static final int MIGRATED = 1;
        /** From a saved image. */     public static final int RESTORED = 2;
        /** From a snapshot. */        public static final int FROM_SNAPSHOT = 3;
        /** Woken up. */               public static final int WAKEUP = 4;

        private Started() {}
    }

    /** Details of {@link #SUSPENDED}. */
    public static final class Suspended {
        /** Somebody asked. */         public static final int PAUSED = 0;
        /** It moves. */               public static final int MIGRATED = 1;
        /** A disk failed. */          public static final int IOERROR = 2;
        /** A watchdog fired. */       public static final int WATCHDOG = 3;
        /** From a saved image. */     public static final int RESTORED = 4;
        /** From a snapshot. */        public static final int FROM_SNAPSHOT = 5;
        /** A call failed. */          public static final int API_ERROR = 6;
        /** It runs elsewhere. */      public static final int POSTCOPY = 7;
        /** Its memory is split. */    public static final int POSTCOPY_FAILED = 8;

        private Suspended() {}
    }

    /** Details of {@link #RESUMED}. */
    public static final class Resumed {
        /** Somebody asked. */         public static final int UNPAUSED = 0;
        /** It arrived, or did not leave. */ public static final int MIGRATED = 1;
        /** From a snapshot. */        public static final int FROM_SNAPSHOT = 2;
        /** Memory still comes. */     public static final int POSTCOPY = 3;
        /** Memory stopped coming. */  public static final int POSTCOPY_FAILED = 4;

        private Resumed() {}
    }

    /** Details of {@link #STOPPED}. */
    public static final class Stopped {
        /** It shut down. */           public static final int SHUTDOWN = 0;
        /** It was destroyed. */       public static final int DESTROYED = 1;
        /** It crashed. */             public static final int CRASHED = 2;
        /** It left. */                public static final int MIGRATED = 3;
        /** It was saved. */           public static final int SAVED = 4;
        /** It failed. */              public static final int FAILED = 5;
        /** From a snapshot. */        public static final int FROM_SNAPSHOT = 6;

        private Stopped() {}
    }

    /** Details of {@link #SHUTDOWN}. */
    public static final class Shutdown {
        /** Unknown who. */            public static final int FINISHED = 0;
        /** The guest itself. */       public static final int GUEST = 1;
        /** The host, by a signal. */  public static final int HOST = 2;

        private Shutdown() {}
    }
    // @formatter:on

    private LifecycleEvent() {}
}
