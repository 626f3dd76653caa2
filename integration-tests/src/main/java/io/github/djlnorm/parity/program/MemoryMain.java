package io.github.djlnorm.parity.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.ChannelLayerNorm;
import io.github.djlnorm.FrozenBatchNorm;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.RMSNorm;
import io.github.djlnorm.convolutional.ConvNorm;
import java.io.IOException;
import java.util.function.BiConsumer;

/**
 * Calls layers 100,000 times on a small tensor and shows the process's resident memory on the way.
 * Ends with status 1 if it grew, as it would by 195 MiB if one result of a call were left behind.
 */
public final class MemoryMain {

    private static final int CALLS = 100_000;
    private static final int WARM_UP = 20_000;
    private static final int CALLS_PER_COLLECTION = 2_000;
    private static final long ALLOWED_GROWTH_KIB = 16 * 1024;

    private MemoryMain() {}

    /**
     * Runs the program.
     *
     * @param args none
     * @throws IOException if the resident memory cannot be read
     */
    public static void main(String[] args) throws IOException {
        if (!ResidentMemory.isKnown()) {
            System.out.println("skipped: resident memory is known on Linux only");
            return;
        }
        grows("Warm-up, which does not count", ConvNorm.convGroupNorm(8, 4), false);
        boolean grew = false;
        for (boolean training : new boolean[] {false, true}) {
            grew |= grows("GroupNorm", GroupNorm.builder().setNumGroups(4).build(), training);
            grew |= grows("InstanceNorm", InstanceNorm.builder().build(), training);
            grew |=
                    grows(
                            "InstanceNorm with running statistics",
                            InstanceNorm.builder().optTrackRunningStats(true).build(),
                            training);
            grew |= grows("ChannelLayerNorm", ChannelLayerNorm.builder().build(), training);
            grew |= grows("RMSNorm", RMSNorm.builder().build(), training);
            grew |= grows("FrozenBatchNorm", FrozenBatchNorm.builder().build(), training);
            grew |= grows("ConvNorm", ConvNorm.convGroupNorm(8, 4), training);
        }
        grew |= grows("GroupNorm of another epsilon in each call", MemoryMain::anotherEpsilon);
        grew |= grows("GroupNorm of other channels in each call", MemoryMain::otherChannels);
        if (grew) {
            System.exit(1);
        }
    }

    private static boolean grows(String name, Block layer, boolean training) throws IOException {
        Shape shape = new Shape(2, 8, 4, 8);
        try (NDManager manager = NDManager.newBaseManager()) {
            layer.initialize(manager, DataType.FLOAT32, shape);
            NDArray x = manager.randomNormal(shape);
            ParameterStore store = new ParameterStore(manager, false);
            return grows(
                    name + (training ? ", training" : ", evaluation"),
                    (any, call) -> {
                        JniUtils.setGradMode(training);
                        layer.forward(store, new NDList(x), training).close();
                    });
        }
    }

    /** As many as there are floats between 1e-5 and 1.1e-5, recorded by autograd and not. */
    private static void anotherEpsilon(NDManager manager, int call) {
        float epsilon = 1e-5f + call * 1e-12f;
        try (NDManager own = manager.newSubManager()) {
            NDArray x = own.ones(new Shape(1, 2, 3));
            x.setRequiresGradient(true);
            JniUtils.setGradMode(call % 2 == 0);
            GroupNorm.groupNorm(x, 1, null, null, epsilon);
        }
    }

    private static void otherChannels(NDManager manager, int call) {
        int channels = 2 + call % 20_000;
        try (NDManager own = manager.newSubManager()) {
            NDArray x = own.ones(new Shape(1, channels, 2));
            x.setRequiresGradient(true);
            JniUtils.setGradMode(call % 2 == 0);
            GroupNorm.groupNorm(x, channels, null, null, 1e-5f);
        }
    }

    private static boolean grows(String name, BiConsumer<NDManager, Integer> work)
            throws IOException {
        System.out.printf("%s: MiB", name);
        try (NDManager manager = NDManager.newBaseManager()) {
            long start = 0;
            long least = Long.MAX_VALUE; // in the second half: the Java heap comes and goes
            for (int call = 1; call <= WARM_UP + CALLS; call++) {
                work.accept(manager, call);
                if (call % CALLS_PER_COLLECTION == 0) {
                    System.gc(); // the Java heap's own growth is not what is asked for
                }
                if (call % WARM_UP == 0) {
                    long resident = ResidentMemory.kib();
                    start = call == WARM_UP ? resident : start;
                    least = call > CALLS / 2 ? Math.min(least, resident) : least;
                    System.out.printf(" %d", resident / 1024);
                }
            }
            boolean grew = least - start > ALLOWED_GROWTH_KIB;
            System.out.println(grew ? ": GREW" : ": flat");
            return grew;
        }
    }
}
