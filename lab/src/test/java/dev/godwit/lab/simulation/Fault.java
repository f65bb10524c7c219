package dev.godwit.lab.simulation;

import dev.godwit.lab.simulation.world.LateCall;
import dev.godwit.lab.simulation.world.SimulatedChannel;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** One way in which things break, or somebody comes in between. */
enum Fault {

    SOURCE_DAEMON_KILLED(10) {
        @Override
        void strike(World world, SplittableRandom dice) {
            kill(world, source(world), dice);
        }
    },
    DESTINATION_DAEMON_KILLED(10) {
        @Override
        void strike(World world, SplittableRandom dice) {
            kill(world, destination(world), dice);
        }
    },
    BOTH_DAEMONS_KILLED(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            kill(world, source(world), dice);
            kill(world, destination(world), dice);
        }
    },
    DAEMON_RESTARTED(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Site site = any(world, dice);
            site.daemon().ifPresent(daemon -> {
                world.trace().say(site.name(), () -> "daemon is asked to end");
                daemon.stop(() -> world.scheduler().after(0, () -> {
                    site.kill();
                    world.scheduler().after(delay(dice), site::start);
                }));
            });
        }
    },
    CLIENT_KILLED(6) {
        @Override
        void strike(World world, SplittableRandom dice) {
            world.trace().say("client", () -> "is killed");
            world.clients().getFirst().process().kill();
        }
    },
    CLIENT_CANCELS(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            world.clients().getFirst().cancel();
        }
    },
    CONNECTION_LOST(12) {
        @Override
        void strike(World world, SplittableRandom dice) {
            List<SimulatedChannel> standing = world.network().connections();
            if (!standing.isEmpty()) {
                standing.get(dice.nextInt(standing.size())).breakDown();
            }
        }
    },
    ALL_CONNECTIONS_LOST(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            world.network().connections().forEach(SimulatedChannel::breakDown);
        }
    },
    HOSTS_PARTED(6) {
        @Override
        void strike(World world, SplittableRandom dice) {
            part(world, source(world).name(), destination(world).name(), delay(dice));
        }
    },
    CLIENT_PARTED(5) {
        @Override
        void strike(World world, SplittableRandom dice) {
            part(world, "client", any(world, dice).name(), delay(dice));
        }
    },
    HOST_CUT_OFF(5) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Site site = any(world, dice);
            long nanos = delay(dice);
            part(world, "client", site.name(), nanos);
            world.sites().stream().filter(other -> other != site)
                    .forEach(other -> part(world, site.name(), other.name(), nanos));
        }
    },
    SLOW_WAY(4) {
        @Override
        void strike(World world, SplittableRandom dice) {
            String one = dice.nextBoolean() ? "client" : source(world).name();
            String other = one.equals("client") ? any(world, dice).name() : destination(world).name();
            Duration by = Duration.ofMillis(1 + dice.nextInt(dice.nextBoolean() ? 200 : 8_000));
            world.trace().say("network", () -> one + " and " + other + " are " + by.toMillis() + " ms slower");
            world.network().slow(one, other, by);
            world.scheduler().after(delay(dice), () -> world.network().slow(one, other, Duration.ZERO));
        }
    },
    SOMEBODY_FREEZES(5) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Site site = any(world, dice);
            if (dice.nextInt(3) == 0) {
                freeze(world, world.clients().getFirst().process(), delay(dice));
            } else {
                site.daemon().ifPresent(daemon -> freeze(world, daemon.process(), delay(dice)));
            }
        }
    },
    DISK_FULL(6) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Site site = any(world, dice);
            site.diskFull(true);
            world.scheduler().after(delay(dice), () -> site.diskFull(false));
        }
    },
    DISK_FAILS(4) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Site site = any(world, dice);
            site.diskFails(true);
            world.scheduler().after(delay(dice), () -> site.diskFails(false));
        }
    },
    LAST_BYTES_LOST(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            world.trace().say("network", () -> "the end of what is sent does not arrive");
            world.loseLastBytes(true);
        }
    },
    CLOCK_JUMPS(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            any(world, dice).clockError(Duration.ofSeconds(dice.nextLong(-100_000, 100_000)));
        }
    },
    SOURCE_POWER_FAILS(2) {
        @Override
        void strike(World world, SplittableRandom dice) {
            powerFails(world, source(world), dice);
        }
    },
    DESTINATION_POWER_FAILS(4) {
        @Override
        void strike(World world, SplittableRandom dice) {
            powerFails(world, destination(world), dice);
        }
    },
    MACHINE_DIES(3) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Site site = any(world, dice);
            world.copy(site).ifPresent(machine -> {
                world.trace().say(site.name(), () -> "machine dies");
                world.lost(site);
                machine.crash();
            });
        }
    },
    COMMAND_GIVEN(10) {
        @Override
        void strike(World world, SplittableRandom dice) {
            Command[] commands = Command.values();
            world.command(commands[dice.nextInt(commands.length)], any(world, dice));
        }
    },
    CALL_COMES_AGAIN(6) {
        @Override
        void strike(World world, SplittableRandom dice) {
            List<LateCall> calls = world.network().calls();
            if (!calls.isEmpty()) {
                world.echo(calls.get(dice.nextInt(calls.size())), Duration.ofMillis(1 + dice.nextInt(1_000)));
            }
        }
    },
    MOVED_A_SECOND_TIME(6) {
        @Override
        void strike(World world, SplittableRandom dice) {
            List<Site> sites = List.copyOf(world.sites());
            Site from = sites.get(dice.nextInt(sites.size()));
            Site to = sites.get(dice.nextInt(sites.size()));
            if (from != to) {
                world.fate().configurationsChange();
                world.migrate("client" + (world.clients().size() + 1), new Move(from.name(), to.name(),
                        Flow.values()[dice.nextInt(Flow.values().length)], world.move().flags()));
            }
        }
    };

    private final int weight;

    Fault(int weight) {
        this.weight = weight;
    }

    /** How often it happens beside the others. */
    int weight() {
        return weight;
    }

    /**
     * Lets it happen.
     *
     * @param world where
     * @param dice  choose what is left open
     */
    abstract void strike(World world, SplittableRandom dice);

    private static Site source(World world) {
        return world.site(world.move().from());
    }

    private static Site destination(World world) {
        return world.site(world.move().to());
    }

    private static Site any(World world, SplittableRandom dice) {
        return dice.nextBoolean() ? source(world) : destination(world);
    }

    /** From a moment to a minute, short ones more often. */
    static long delay(SplittableRandom dice) {
        long longest = switch (dice.nextInt(4)) {
            case 0 -> 5_000_000L;
            case 1 -> 200_000_000L;
            case 2 -> 5_000_000_000L;
            default -> 60_000_000_000L;
        };
        return 1 + dice.nextLong(longest);
    }

    private static void kill(World world, Site site, SplittableRandom dice) {
        site.kill();
        world.scheduler().after(delay(dice), site::start);
    }

    private static void part(World world, String one, String other, long nanos) {
        world.trace().say("network", () -> "no way between " + one + " and " + other);
        world.network().cut(one, other, true);
        world.scheduler().after(nanos, () -> {
            world.trace().say("network", () -> one + " and " + other + " reach each other again");
            world.network().cut(one, other, false);
        });
    }

    private static void freeze(World world, dev.godwit.lab.simulation.world.Process process, long nanos) {
        world.trace().say(process.name(), () -> "stands still");
        process.freeze(true);
        world.scheduler().after(nanos, () -> {
            world.trace().say(process.name(), () -> "goes on");
            process.freeze(false);
        });
    }

    private static void powerFails(World world, Site site, SplittableRandom dice) {
        world.lost(site);
        site.powerFails();
        world.scheduler().after(delay(dice) + 1_000_000_000L, () -> {
            site.powerReturns();
            site.start();
        });
    }
}
