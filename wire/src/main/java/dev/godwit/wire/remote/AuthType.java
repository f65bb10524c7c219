package dev.godwit.wire.remote;

/** The ways of authentication in the answer of {@link AuthProcedures#LIST}. */
public final class AuthType {

    /** None is needed. */
    public static final int NONE = 0;
    /** {@link AuthProcedures#SASL_INIT} and what follows. */
    public static final int SASL = 1;
    /** {@link AuthProcedures#POLKIT}. */
    public static final int POLKIT = 2;

    private AuthType() {}
}
