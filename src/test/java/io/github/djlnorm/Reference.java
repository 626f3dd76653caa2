package io.github.djlnorm;

import java.util.Arrays;

/**
 * The formulas in plain Java and float64, written from the definitions (Wu and He 2018; Ioffe and
 * Szegedy 2015 for the backward pass), for an input of shape (instances, channels, positions).
 */
public final class Reference {

    public final double[] output;
    public final double[] mean;
    public final double[] variance;
    public double[] inputGradient;
    public double[] gammaGradient;
    public double[] betaGradient;

    /*
     * The magnitude of the terms that each result is a sum of, which bounds what its rounding can
     * be: a result near zero, of large terms that cancel, cannot be exact to its own last place.
     */
    public final double[] outputTerms;
    public double[] inputGradientTerms;
    public double[] gammaGradientTerms;
    public double[] betaGradientTerms;

    private final int channels;
    private final int positions;
    private final double[] normalized;
    private final double[] normalizedTerms;
    private final double[] deviation;
    private final int[] groupOf;

    /** Normalizes each group of channels of each instance by its own statistics. */
    public Reference(
            double[] x,
            int instances,
            int channels,
            int positions,
            int groups,
            double[] gamma,
            double[] beta,
            double epsilon) {
        this(
                x,
                channels,
                positions,
                groupIndex(instances, channels, positions, groups),
                null,
                null,
                gamma,
                beta,
                epsilon);
    }

    private Reference(
            double[] x,
            int channels,
            int positions,
            int[] groupOf,
            double[] givenMean,
            double[] givenVariance,
            double[] gamma,
            double[] beta,
            double epsilon) {
        this.channels = channels;
        this.positions = positions;
        this.groupOf = groupOf;
        int groups = Arrays.stream(groupOf).max().orElse(-1) + 1;
        mean = givenMean == null ? averages(x, groupOf, groups) : givenMean;
        double[] squares = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            squares[i] = Math.pow(x[i] - mean[groupOf[i]], 2);
        }
        variance = givenVariance == null ? averages(squares, groupOf, groups) : givenVariance;
        deviation = Arrays.stream(variance).map(v -> Math.sqrt(v + epsilon)).toArray();
        normalized = new double[x.length];
        output = new double[x.length];
        normalizedTerms = new double[x.length];
        outputTerms = new double[x.length];
        double[] largest = largest(x, groupOf, mean.length);
        for (int i = 0; i < x.length; i++) {
            int k = groupOf[i];
            normalized[i] = (x[i] - mean[k]) / deviation[k];
            normalizedTerms[i] = (largest[k] + Math.abs(mean[k])) / deviation[k];
            outputTerms[i] =
                    Math.abs(gamma[channel(i)]) * normalizedTerms[i] + Math.abs(beta[channel(i)]);
            output[i] = gamma[channel(i)] * normalized[i] + beta[channel(i)];
        }
    }

    /** Normalizes each channel by given statistics. */
    public static Reference given(
            double[] x,
            int channels,
            int positions,
            double[] mean,
            double[] variance,
            double[] gamma,
            double[] beta,
            double epsilon) {
        int[] channelOf = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            channelOf[i] = i / positions % channels;
        }
        return new Reference(
                x, channels, positions, channelOf, mean, variance, gamma, beta, epsilon);
    }

    /** The gradients of sum(output * upstream) where the statistics depend on the input. */
    public Reference backward(double[] gamma, double[] upstream) {
        affineBackward(upstream);
        double[] g = new double[upstream.length];
        double[] gTimesNormalized = new double[upstream.length];
        for (int i = 0; i < g.length; i++) {
            g[i] = upstream[i] * gamma[channel(i)];
            gTimesNormalized[i] = g[i] * normalized[i];
        }
        double[] meanOfG = averages(g, groupOf, mean.length);
        double[] meanOfProduct = averages(gTimesNormalized, groupOf, mean.length);
        inputGradient = new double[g.length];
        inputGradientTerms = new double[g.length];
        double[] largestG = largest(g, groupOf, mean.length);
        for (int i = 0; i < g.length; i++) {
            int k = groupOf[i];
            inputGradient[i] =
                    (g[i] - meanOfG[k] - normalized[i] * meanOfProduct[k]) / deviation[k];
            inputGradientTerms[i] =
                    largestG[k] * (1 + normalizedTerms[i] * normalizedTerms[i]) / deviation[k];
        }
        return this;
    }

    /** The gradients of sum(output * upstream) where the statistics are constants. */
    public Reference backwardOfGiven(double[] gamma, double[] upstream) {
        affineBackward(upstream);
        inputGradient = new double[upstream.length];
        for (int i = 0; i < upstream.length; i++) {
            inputGradient[i] = upstream[i] * gamma[channel(i)] / deviation[groupOf[i]];
        }
        inputGradientTerms = inputGradient;
        return this;
    }

    private void affineBackward(double[] upstream) {
        gammaGradient = new double[channels];
        betaGradient = new double[channels];
        gammaGradientTerms = new double[channels];
        betaGradientTerms = new double[channels];
        for (int i = 0; i < upstream.length; i++) {
            gammaGradient[channel(i)] += upstream[i] * normalized[i];
            betaGradient[channel(i)] += upstream[i];
            gammaGradientTerms[channel(i)] += Math.abs(upstream[i]) * normalizedTerms[i];
            betaGradientTerms[channel(i)] += Math.abs(upstream[i]);
        }
    }

    private int channel(int i) {
        return i / positions % channels;
    }

    private static int[] groupIndex(int instances, int channels, int positions, int groups) {
        int[] groupOf = new int[instances * channels * positions];
        int channelsPerGroup = channels / groups;
        for (int i = 0; i < groupOf.length; i++) {
            int instance = i / (channels * positions);
            int channel = i / positions % channels;
            groupOf[i] = instance * groups + channel / channelsPerGroup;
        }
        return groupOf;
    }

    private static double[] largest(double[] values, int[] groupOf, int groups) {
        double[] largest = new double[groups];
        for (int i = 0; i < values.length; i++) {
            largest[groupOf[i]] = Math.max(largest[groupOf[i]], Math.abs(values[i]));
        }
        return largest;
    }

    private static double[] averages(double[] values, int[] groupOf, int groups) {
        double[] sums = new double[groups];
        int[] counts = new int[groups];
        for (int i = 0; i < values.length; i++) {
            sums[groupOf[i]] += values[i];
            counts[groupOf[i]]++;
        }
        for (int k = 0; k < groups; k++) {
            sums[k] /= counts[k];
        }
        return sums;
    }
}
