package io.github.djlnorm.parity.program;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.cases.Extra;
import io.github.djlnorm.parity.cases.Feasibility;
import io.github.djlnorm.parity.cases.Grid;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.implementations.Autograd;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.Expected;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.LibraryBlocks;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.verdict.Deviation;
import io.github.djlnorm.parity.verdict.Judge;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Rounds of random layers, shapes and options. In each, one thread's answers are compared with the
 * formula in double precision, and those of several threads with that thread's, while layers refuse
 * what they must not take, and are saved, loaded, and loaded from cut-off files.
 */
final class Soak implements AutoCloseable {

    private static final Set<Layer> LAYERS =
            EnumSet.of(
                    Layer.GROUP_NORM,
                    Layer.INSTANCE_NORM,
                    Layer.LAYER_NORM,
                    Layer.RMS_NORM,
                    Layer.FROZEN_BATCH_NORM);
    private static final int THREADS = 4;
    private static final int CASES = 16;
    private static final int LONGEST_AXIS = 16;

    private final Float64Formula formula = new Float64Formula();
    private final BlockRunner library;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Object gradients = new Object(); // DJL collects those of one thread at a time
    private final List<ParityCase> grid;
    private final Random random;

    Soak(BlockRunner library, int seed) {
        this.library = library;
        Engine.getEngine("PyTorch"); // loads what tells the number of threads
        // What an extra sets, such as libtorch's threads, is the whole process's.
        grid =
                Grid.quick(seed).stream()
                        .filter(c -> c.extra() == Extra.NONE && LAYERS.contains(c.layer()))
                        .toList();
        random = new Random(seed);
    }

    /** What one thread made of a case, and what is exact. */
    private record Answer(ParityCase parityCase, Outcome first, Expected expected) {

        /** Where an outcome is further off than allowed. */
        List<String> errors(Outcome outcome) {
            if (outcome.isRefused()) {
                return List.of(parityCase + " is refused: " + outcome.refusal());
            }
            return off(outcome, expected.values(), Judge.CAP, "off");
        }

        /**
         * Where an outcome is not the first thread's. Not by the bit, since libtorch optimizes a
         * TorchScript function after its first calls, which changes last digits.
         */
        List<String> differences(Outcome outcome) {
            return first.isRefused() || outcome.isRefused()
                    ? errors(outcome)
                    : off(outcome, first.values(), Judge.SLACK, "off in another thread");
        }

        private List<String> off(
                Outcome outcome, Map<Quantity, double[]> values, double allowed, String what) {
            List<String> errors = new ArrayList<>();
            for (Map.Entry<Quantity, double[]> entry : outcome.values().entrySet()) {
                Quantity quantity = entry.getKey();
                Deviation error =
                        Deviation.of(
                                entry.getValue(),
                                values.get(quantity),
                                expected.scales().get(quantity),
                                parityCase.type(quantity));
                if (error.ulp() > allowed) {
                    errors.add(
                            "%s of %s is %.4g ULP %s"
                                    .formatted(quantity, parityCase, error.ulp(), what));
                }
            }
            return errors;
        }
    }

    /** Runs a round, and returns what went wrong in it. */
    List<String> round() throws InterruptedException, ExecutionException {
        List<Answer> answers = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        while (answers.size() < CASES) {
            ParityCase one = draw();
            Answer answer = new Answer(one, outcome(one), formula.expect(one));
            failures.addAll(answer.errors(answer.first));
            answers.add(answer);
        }
        List<Future<List<String>>> others = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            List<Answer> order = new ArrayList<>(answers);
            Collections.shuffle(order, random);
            others.add(threads.submit(() -> repeat(order)));
        }
        for (Future<List<String>> other : others) {
            failures.addAll(other.get());
        }
        return failures;
    }

    /** A case of the grid in another shape. */
    private ParityCase draw() {
        while (true) {
            ParityCase one = grid.get(random.nextInt(grid.size()));
            int instances = one.layout() == Layout.UNBATCHED ? 1 : 1 + random.nextInt(4);
            long[] spatial = new long[random.nextInt(4)];
            Arrays.setAll(spatial, axis -> 1 + random.nextInt(LONGEST_AXIS));
            ParityCase other =
                    one.with(new Shape(instances, one.channels()).addAll(new Shape(spatial)));
            if (Feasibility.objection(other).isEmpty()) {
                return other;
            }
        }
    }

    private Outcome outcome(ParityCase one) {
        if (one.mode() == Mode.INFER) {
            return library.run(List.of(one)).get(0);
        }
        synchronized (gradients) {
            return library.run(List.of(one)).get(0);
        }
    }

    private List<String> repeat(List<Answer> answers) {
        List<String> failures = new ArrayList<>();
        for (Answer answer : answers) {
            failures.addAll(answer.differences(outcome(answer.parityCase)));
            // The kernel that loaded layers use, whose parameters take no part in autograd.
            String failure = Autograd.without(() -> lifeOf(answer.parityCase));
            if (failure != null) {
                failures.add(answer.parityCase + " " + failure);
            }
        }
        return failures;
    }

    /** What a layer does wrong with a bad input or its file, or null. */
    private static String lifeOf(ParityCase one) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Shape shape = plain(one, 0);
            Block layer = LibraryBlocks.of(one.with(Layout.CONTIGUOUS));
            layer.initialize(manager, DataType.FLOAT32, shape);
            NDArray x = manager.randomNormal(shape);
            float[] before = forward(layer, x);
            try {
                forward(layer, manager.ones(plain(one, 1)));
                return "takes an input with a channel too many";
            } catch (IllegalArgumentException expected) {
                // as it must
            }
            byte[] file = file(layer);
            Block loaded = LibraryBlocks.of(one.with(Layout.CONTIGUOUS));
            load(loaded, manager, file);
            if (!Arrays.equals(before, forward(loaded, x))) {
                return "has another answer once it is loaded";
            }
            try {
                load(loaded, manager, Arrays.copyOf(file, file.length / 2));
                return "loads half a file";
            } catch (MalformedModelException expected) {
                return Arrays.equals(before, forward(loaded, x))
                        ? null
                        : "has another answer after half a file";
            }
        } catch (IOException | MalformedModelException e) {
            return "does not load: " + e;
        }
    }

    private static Shape plain(ParityCase one, int moreChannels) {
        return new Shape(2, one.channels() + moreChannels, 3);
    }

    private static float[] forward(Block layer, NDArray x) {
        ParameterStore store = new ParameterStore(x.getManager(), false);
        return layer.forward(store, new NDList(x), false).singletonOrThrow().toFloatArray();
    }

    private static byte[] file(Block layer) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        layer.saveParameters(new DataOutputStream(file));
        return file.toByteArray();
    }

    private static void load(Block layer, NDManager manager, byte[] file)
            throws IOException, MalformedModelException {
        layer.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(file)));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
