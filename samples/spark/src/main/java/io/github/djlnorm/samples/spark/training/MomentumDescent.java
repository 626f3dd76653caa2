package io.github.djlnorm.samples.spark.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.Arrays;

/** Stochastic gradient descent with a momentum of 0.9, whose state can be saved. */
public final class MomentumDescent {

    private static final float MOMENTUM = 0.9f;

    private final float[] velocity;
    private final float learningRate;

    public MomentumDescent(float[] velocity, float learningRate) {
        this.velocity = velocity;
        this.learningRate = learningRate;
    }

    /**
     * Moves a net's parameters.
     *
     * @param sum the sum over all shares of {@link Replica#gradients}
     */
    public void step(Block block, double[] sum) {
        int i = 0;
        for (Parameter parameter : Replica.trained(block)) {
            float[] values = parameter.getArray().toFloatArray();
            for (int k = 0; k < values.length; k++, i++) {
                velocity[i] = MOMENTUM * velocity[i] + (float) sum[i];
                values[k] -= learningRate * velocity[i];
            }
            set(parameter.getArray(), values);
        }
        for (Parameter parameter : Replica.kept(block)) {
            float[] values = new float[(int) parameter.getArray().size()];
            for (int k = 0; k < values.length; k++, i++) {
                values[k] = (float) sum[i];
            }
            set(parameter.getArray(), values);
        }
    }

    private static void set(NDArray array, float[] values) {
        boolean recorded = array.hasGradient();
        if (recorded) {
            array.setRequiresGradient(false); // libtorch moves no leaf of a graph in place
        }
        array.set(values);
        if (recorded) {
            array.setRequiresGradient(true);
        }
    }

    public float[] velocity() {
        return Arrays.copyOf(velocity, velocity.length);
    }
}
