package io.github.djlnorm.benchmark;

import java.util.List;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** libtorch's own functions, with nothing between. */
final class Direct {

    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;
    private static final List<Boolean> GAMMA_BETA = List.of(true, false);
    private static final List<Boolean> GAMMA_BETA_MEAN_VARIANCE = List.of(true, false, false, true);

    private Direct() {}

    static Call groupNorm(Trial trial) {
        int groups = trial.input().groups();
        return new DirectCall(
                trial,
                GAMMA_BETA,
                p -> x -> torch.group_norm(x, groups, p.get(0), p.get(1), EPSILON, false));
    }

    static Call instanceNorm(Trial trial) {
        TensorOptional none = new TensorOptional();
        return new DirectCall(
                trial,
                GAMMA_BETA,
                p ->
                        x ->
                                torch.instance_norm(
                                        x, p.get(0), p.get(1), none, none, true, MOMENTUM, EPSILON,
                                        false));
    }

    /** In evaluation, by running statistics. */
    static Call batchNorm(Trial trial) {
        return new DirectCall(
                trial,
                GAMMA_BETA_MEAN_VARIANCE,
                p ->
                        x ->
                                torch.batch_norm(
                                        x, p.get(0), p.get(1), p.get(2), p.get(3), false, MOMENTUM,
                                        EPSILON, false));
    }
}
