package io.github.djlnorm.samples.optimizers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.github.djlnorm.samples.cli.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an optimizer knows of the steps before: their number, and momentum or moments of every
 * parameter. With it, a training goes on as if it had never stopped.
 *
 * <p>DJL's optimizers keep these arrays to themselves, under names that are new in every process.
 * {@link ResumableAdam} and {@link ResumableSgd} let this class give the arrays to begin with and
 * keep hold of them; here they have the places of their parameters in the block.
 */
public final class OptimizerState implements AutoCloseable {

    private final Map<String, List<NDArray>> arrays = new HashMap<>();
    private final Map<String, Integer> given = new HashMap<>();
    private String optimizer = "none";
    private int stepsBefore;
    private int steps;

    /** The state of an optimizer that made no step yet. */
    public OptimizerState() {}

    /**
     * Reads a state.
     *
     * @param content what {@link #encode} gave
     * @param block whose parameters the optimizer is to change
     * @throws IOException if the content is something else
     */
    public static OptimizerState decode(byte[] content, Block block) throws IOException {
        OptimizerState state = new OptimizerState();
        List<Parameter> parameters = block.getParameters().values();
        try (DataInputStream stream = new DataInputStream(new ByteArrayInputStream(content))) {
            state.optimizer = stream.readUTF();
            state.steps = stream.readInt();
            for (Parameter parameter : parameters) {
                byte[] list = stream.readNBytes(stream.readInt());
                if (list.length > 0) {
                    state.arrays.put(parameter.getId(), decode(list));
                }
            }
            return state;
        } catch (IOException | RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** Writes the state of an optimizer that has changed a block's parameters. */
    public byte[] encode(Block block) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (DataOutputStream stream = new DataOutputStream(content)) {
            stream.writeUTF(optimizer);
            stream.writeInt(steps);
            for (Parameter parameter : block.getParameters().values()) {
                List<NDArray> known = arrays.getOrDefault(parameter.getId(), List.of());
                byte[] list = known.isEmpty() ? new byte[0] : new NDList(known).encode();
                stream.writeInt(list.length);
                stream.write(list);
            }
        }
        return content.toByteArray();
    }

    private static List<NDArray> decode(byte[] content) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList list = NDList.decode(manager, content);
            list.detach();
            return new ArrayList<>(list);
        }
    }

    /** The number of steps that were made. */
    public int steps() {
        return steps;
    }

    /**
     * Says that an optimizer that has made no step itself goes on from here.
     *
     * @throws BadInputException if the steps before were another optimizer's
     */
    void resume(String name) {
        if (steps > 0 && !name.equals(optimizer)) {
            throw new BadInputException(
                    "the training to go on with has the optimizer %s, not %s: give that one"
                            .formatted(optimizer, name));
        }
        optimizer = name;
        stepsBefore = steps;
        given.clear();
    }

    /** Counts a step by the optimizer's own count of them, and returns the number of all. */
    int count(int stepsSince) {
        steps = stepsBefore + stepsSince;
        return steps;
    }

    /**
     * Gives a parameter's array to go on with. An optimizer asks once for each array, in the same
     * order for each parameter.
     *
     * @param initial what a new training begins with
     */
    NDArray next(String parameter, NDArray initial) {
        List<NDArray> known = arrays.computeIfAbsent(parameter, id -> new ArrayList<>());
        int index = given.merge(parameter, 1, Integer::sum) - 1;
        if (index == known.size()) {
            known.add(initial);
        } else {
            initial.close();
        }
        return known.get(index);
    }

    @Override
    public void close() {
        arrays.values().forEach(list -> list.forEach(NDArray::close));
        arrays.clear();
    }
}
