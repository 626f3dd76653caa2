package io.github.djlnorm.internal;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the threads of one forward pass have in common, one thread for each shard of the batch. They
 * wait for each other where layers exchange values. Whatever goes wrong in one of them ends the
 * waiting of all.
 */
public final class ShardExchange {

    private static final ThreadLocal<Seat> SEAT = new ThreadLocal<>();

    private final Thread[] running;
    private final Object[] shares;
    private Object place;
    private int arrived;
    private int ended;
    private long round;
    private List<?> results;
    private Throwable failure;
    private int failedShard;

    private record Seat(ShardExchange exchange, int shard) {}

    /**
     * Creates what the threads of one forward pass share.
     *
     * @param shards how many there are
     */
    public ShardExchange(int shards) {
        running = new Thread[shards];
        shares = new Object[shards];
    }

    /**
     * Waits until every shard has come to the same place, and returns this shard's part of what is
     * made of all they brought. A thread that runs no shard is alone and does not wait.
     *
     * @param <T> what each shard brings
     * @param <R> what each shard gets
     * @param place the layer
     * @param share what this shard brings
     * @param together makes one result for each shard of all shares, in the order of the shards; it
     *     runs once, in the thread of the first shard
     * @return this shard's result
     * @throws CancellationException if another shard failed
     * @throws IllegalStateException if another shard has come to another place or ended
     */
    public static <T, R> R exchange(Object place, T share, Function<List<T>, List<R>> together) {
        Seat seat = SEAT.get();
        return seat == null
                ? together.apply(List.of(share)).get(0)
                : seat.exchange.meet(seat.shard, place, share, together);
    }

    /**
     * Runs a shard in the current thread.
     *
     * @param <R> the type of the result
     * @param shard the number of the shard, from 0
     * @param work what to do, which may exchange values
     * @return the result of the work
     */
    public <R> R run(int shard, Supplier<R> work) {
        try {
            begin(shard);
            SEAT.set(new Seat(this, shard));
            R result = work.get();
            end(shard);
            return result;
        } catch (Throwable t) {
            fail(shard, t);
            throw t;
        } finally {
            SEAT.remove();
            leave(shard);
        }
    }

    private synchronized void begin(int shard) {
        running[shard] = Thread.currentThread();
        checkFailure();
    }

    private synchronized void end(int shard) {
        ended++;
        if (arrived > 0) {
            throw new IllegalStateException(
                    "shard %d ended while %d of %d wait for it at %s; run the same layers on every shard"
                            .formatted(shard, arrived, shares.length, place));
        }
    }

    /** From here on nobody interrupts the thread, which may do other work. */
    private synchronized void leave(int shard) {
        running[shard] = null;
    }

    @SuppressWarnings("unchecked") // all that come to one place bring and get the same types
    private synchronized <T, R> R meet(
            int shard, Object here, T share, Function<List<T>, List<R>> together) {
        checkFailure();
        checkPlace(shard, here);
        place = here;
        shares[shard] = share;
        arrived++;
        notifyAll();
        if (shard == 0) { // whoever comes last would do it sooner, but autograd's order would vary
            await(() -> arrived == shares.length);
            results = together.apply((List<T>) List.of(shares));
            Arrays.fill(shares, null);
            arrived = 0;
            round++;
            notifyAll();
        } else {
            long begun = round;
            await(() -> round > begun);
        }
        return (R) results.get(shard);
    }

    @SuppressWarnings("ReferenceEquality") // two layers may be equal
    private void checkPlace(int shard, Object here) {
        if (ended > 0) {
            throw new IllegalStateException(
                    "shard %d has come to %s, and %d of %d ended before it; run the same layers on every shard"
                            .formatted(shard, here, ended, shares.length));
        }
        if (arrived > 0 && place != here) {
            throw new IllegalStateException(
                    "shard %d has come to %s while others wait at another layer, %s; run the same layers on every shard"
                            .formatted(shard, here, place));
        }
    }

    private void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            checkFailure();
            try {
                wait();
            } catch (InterruptedException e) {
                checkFailure();
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    private void checkFailure() {
        if (failure != null) {
            throw new CancellationException("another shard failed");
        }
    }

    /**
     * Ends the waiting of all shards, and interrupts those that do something else.
     *
     * @param shard the shard in which something went wrong
     * @param cause what went wrong; all but the first are consequences
     */
    public synchronized void fail(int shard, Throwable cause) {
        if (failure == null) {
            failure = cause;
            failedShard = shard;
            for (Thread thread : running) {
                if (thread != null && !thread.equals(Thread.currentThread())) {
                    thread.interrupt();
                }
            }
            notifyAll();
        }
    }

    /**
     * Tells that no shard failed.
     *
     * @throws IllegalStateException if one did, with what went wrong first as its cause
     */
    public synchronized void check() {
        if (failure != null) {
            String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            throw new IllegalStateException(
                    "shard %d of %d failed: %s".formatted(failedShard, shares.length, text),
                    failure);
        }
    }
}
