package io.github.djlnorm.samples.optimizers;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Sgd;
import java.util.Map;
import java.util.function.Function;

/** DJL's stochastic gradient descent, whose momentum can be saved. */
public final class ResumableSgd extends Sgd {

    private final OptimizerState state;

    /** Creates an optimizer that goes on from a state, and keeps it up to date. */
    public ResumableSgd(Builder builder, OptimizerState state) {
        super(builder);
        this.state = state;
        state.resume("sgd");
    }

    @Override
    protected int updateCount(String parameterId) {
        return state.count(super.updateCount(parameterId));
    }

    @Override
    protected NDArray withDefaultState(
            Map<String, Map<Device, NDArray>> arrays,
            String key,
            Device device,
            Function<String, NDArray> initial) {
        return super.withDefaultState(arrays, key, device, id -> state.next(id, initial.apply(id)));
    }
}
