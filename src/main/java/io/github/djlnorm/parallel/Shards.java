package io.github.djlnorm.parallel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.internal.Refusal;
import io.github.djlnorm.internal.ShardExchange;
import io.github.djlnorm.torch.GradientMode;
import io.github.djlnorm.torch.TorchFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Runs a net on the shards of a batch, each in a thread of its own, so that the {@link
 * io.github.djlnorm.SyncBatchNorm} layers of the net can wait for each other and share their
 * statistics. One backward pass over the loss of the whole batch then reaches all shards:
 *
 * <pre>{@code
 * try (GradientCollector collector = trainer.newGradientCollector()) {
 *     List<NDList> outputs = Shards.forward(shards, trainer::forward);
 *     collector.backward(Shards.loss(labelsOfShards, outputs, trainer.getLoss()));
 * }
 * trainer.step();
 * }</pre>
 *
 * <p>A shard may be of any size, and empty. Each computes on the device of its arrays; the shards
 * of one device share its copy of the parameters. Where a parameter store makes copies, they must
 * be there before, as they are after {@code Trainer.initialize}: DJL's store is not made for
 * several threads that ask for the first time.
 */
public final class Shards {

    private Shards() {}

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "djl-norm shard");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Runs a net on every shard at once. Autograd records in each thread if it does in the calling
     * one. If one shard fails, the others are interrupted, and the call throws when all have ended;
     * the next call knows nothing of it.
     *
     * @param shards the input of each shard, at least one
     * @param net what runs on each of them, in several threads at once, such as {@code
     *     trainer::forward}
     * @return the output of each shard, in the order of the shards
     * @throws IllegalArgumentException if there is no shard, or one of another engine than PyTorch
     * @throws IllegalStateException if a shard failed, with what went wrong there as its cause: the
     *     net threw something or returned nothing, or the shards ran through different layers
     */
    public static List<NDList> forward(List<NDList> shards, UnaryOperator<NDList> net) {
        if (shards.isEmpty()) {
            throw Refusal.of("a batch must have shards", "1 or more", 0, "give at least one");
        }
        for (NDArray array : shards.stream().flatMap(NDList::stream).toList()) {
            checkEngine(array);
        }
        ShardExchange exchange = new ShardExchange(shards.size());
        // New threads, since autograd orders its work by what each thread has recorded so far.
        ExecutorService threads = Executors.newFixedThreadPool(shards.size(), Shards::daemon);
        List<Future<NDList>> running = new ArrayList<>();
        try {
            UnaryOperator<NDList> sameMode = inTheModeOfThisThread(net);
            for (NDList shard : shards) {
                running.add(threads.submit(work(exchange, running.size(), shard, sameMode)));
            }
        } catch (Throwable t) { // there may be no memory for a thread
            exchange.fail(running.size(), t);
        }
        threads.shutdown();
        List<NDList> outputs = await(running, exchange);
        exchange.check();
        outputs.forEach(output -> output.forEach(NDScope::register));
        return outputs;
    }

    /** Other engines do not put into one graph what several threads record. */
    private static void checkEngine(NDArray array) {
        if (!TorchFunction.takes(array)) {
            throw Refusal.of(
                    "shards must be of an engine whose autograd joins threads",
                    "PyTorch",
                    array.getManager().getEngine().getEngineName(),
                    "train with GroupNorm, which needs no other shard, or on the PyTorch engine");
        }
    }

    /** libtorch records in a thread by that thread's mode. */
    private static UnaryOperator<NDList> inTheModeOfThisThread(UnaryOperator<NDList> net) {
        GradientMode mode = GradientMode.ofThisThread();
        return shard -> {
            mode.set();
            return net.apply(shard);
        };
    }

    private static Callable<NDList> work(
            ShardExchange exchange, int index, NDList shard, UnaryOperator<NDList> net) {
        Supplier<NDList> run =
                () -> Objects.requireNonNull(net.apply(shard), "the net returned nothing");
        return () -> exchange.run(index, run);
    }

    /** Waits for all threads, whatever happens, as they use arrays of the caller. */
    private static List<NDList> await(List<Future<NDList>> running, ShardExchange exchange) {
        List<NDList> outputs = new ArrayList<>();
        boolean interrupted = false;
        for (int i = 0; i < running.size(); i++) {
            try {
                outputs.add(running.get(i).get());
            } catch (ExecutionException e) {
                exchange.fail(i, e.getCause());
            } catch (InterruptedException e) {
                exchange.fail(i, new CancellationException("the calling thread was interrupted"));
                interrupted = true;
                i--; // once more
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outputs;
    }

    /**
     * Computes the loss of the whole batch: the mean of the shards' losses, each weighted by the
     * size of its shard, without those of empty ones.
     *
     * @param labels the labels of each shard, whose first array has one label for each instance
     * @param outputs the output of each shard, as {@link #forward} returns it
     * @param loss a loss that is a mean over the instances, as DJL's are
     * @return the loss, on the device of the first shard that is not empty
     * @throws IllegalArgumentException if there are not as many labels as outputs, or all shards
     *     are empty
     */
    public static NDArray loss(List<NDList> labels, List<NDList> outputs, Loss loss) {
        long batch = labels.stream().mapToLong(Shards::size).sum();
        if (labels.size() != outputs.size() || batch == 0) {
            throw Refusal.of(
                    "a loss needs the labels of each output",
                    outputs.size() + " shards of labels, not all of them empty",
                    labels.size() + " with " + batch + " labels",
                    "split the labels as the data is split");
        }
        NDArray total = null;
        for (int i = 0; i < labels.size(); i++) {
            if (size(labels.get(i)) > 0) {
                NDArray mean = loss.evaluate(labels.get(i), outputs.get(i));
                NDArray share = scaled(mean, (double) size(labels.get(i)) / batch);
                total = total == null ? share : total.add(share.toDevice(total.getDevice(), false));
            }
        }
        return total;
    }

    private static long size(NDList labels) {
        return labels.head().getShape().get(0);
    }

    /** In the engine's own memory: DJL's mul(number) leaves a Java buffer in autograd's graph. */
    private static NDArray scaled(NDArray array, double factor) {
        try (NDArray zeros = array.getManager().zeros(array.getShape(), array.getDataType())) {
            return array.mul(zeros.addi(factor));
        }
    }
}
