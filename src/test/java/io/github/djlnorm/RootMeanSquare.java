package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.assertClose;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/** The formula and its gradients of sum(output * upstream), for rows of channels. */
public final class RootMeanSquare {

    public final double[] output;
    private final double[] normalized;
    private final double[] root;
    private final int channels;
    private double[] inputGradient;
    private double[] inputGradientTerms;
    private double[] gammaGradient;
    private double[] gammaGradientTerms;

    public RootMeanSquare(double[] x, double[] gamma, double epsilon) {
        channels = gamma.length;
        output = new double[x.length];
        normalized = new double[x.length];
        root = new double[x.length / channels];
        for (int i = 0; i < x.length; i++) {
            root[i / channels] += x[i] * x[i] / channels;
        }
        Arrays.setAll(root, r -> Math.sqrt(root[r] + epsilon));
        Arrays.setAll(normalized, i -> x[i] / root[i / channels]);
        Arrays.setAll(output, i -> normalized[i] * gamma[i % channels]);
    }

    /** d(x / r) = dx / r - x (sum of x dx) / (C r^3). */
    public RootMeanSquare backward(double[] gamma, double[] upstream) {
        double[] projection = new double[root.length];
        double[] largest = new double[root.length];
        gammaGradient = new double[channels];
        gammaGradientTerms = new double[channels];
        for (int i = 0; i < upstream.length; i++) {
            double g = upstream[i] * gamma[i % channels];
            projection[i / channels] += g * normalized[i] / channels;
            largest[i / channels] = Math.max(largest[i / channels], Math.abs(g));
            gammaGradient[i % channels] += upstream[i] * normalized[i];
            gammaGradientTerms[i % channels] += Math.abs(upstream[i] * normalized[i]);
        }
        inputGradient = new double[upstream.length];
        inputGradientTerms = new double[upstream.length];
        for (int i = 0; i < upstream.length; i++) {
            int row = i / channels;
            double g = upstream[i] * gamma[i % channels];
            inputGradient[i] = (g - normalized[i] * projection[row]) / root[row];
            inputGradientTerms[i] = largest[row] * (1 + normalized[i] * normalized[i]) / root[row];
        }
        return this;
    }

    public void check(NDArray y, NDArray input, NDArray gammaGradientArray) {
        assertClose("y", y, output, 3);
        assertClose("dx", input.getGradient(), inputGradient, inputGradientTerms, 3);
        assertClose("dgamma", gammaGradientArray, gammaGradient, gammaGradientTerms, 3);
    }
}
