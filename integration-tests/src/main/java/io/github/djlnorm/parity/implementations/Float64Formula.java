package io.github.djlnorm.parity.implementations;

import io.github.djlnorm.parity.arrays.Sum;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Sharing;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * The textbook formulas in double precision and plain Java, gradients included: two passes, a
 * corrected mean and compensated sums, so that its own error is below half a ULP of any type but
 * double, and about one ULP of that.
 *
 * <p><b>The magnitude an error is measured at.</b> An error cannot be measured in ULP of the exact
 * value itself: y crosses zero, and the terms of dx and of the parameter gradients cancel, so a
 * perfectly good implementation is off by any number of ULP of a value near zero. Instead it is
 * measured in ULP of the size of what is added up:
 *
 * <ul>
 *   <li>y: the largest |gamma xhat| + |beta| among the elements that share statistics, xhat being
 *       the normalized input. Where |x| rstd is larger, as for almost constant input, whose xhat is
 *       what little is left of it, that stands for it up to 1.
 *   <li>dx: the largest sum of the absolute values of the three terms of its formula, among the
 *       elements that share statistics.
 *   <li>dgamma, dbeta and the running mean: the largest among all channels of |value| and of the
 *       root of the sum of the squared terms, which is how large a sum of independent terms is.
 *       (The sum of absolute values would be larger by the root of the count, and hide as much.) 1
 *       stands for an xhat that is zero throughout.
 *   <li>running variance: the largest value among all channels.
 * </ul>
 *
 * <p>Where an activation follows, its slope is taken for 1 in all of that: the one of tanh is what
 * little is left of 1 for large values.
 *
 * <p>None of it depends on the mean of the input: an implementation that loses digits to a large
 * mean is shown with the full error.
 */
public final class Float64Formula implements Implementation {

    @Override
    public String name() {
        return "float64";
    }

    @Override
    public List<Outcome> run(List<ParityCase> cases) {
        return cases.stream().map(c -> Outcome.of(expect(c).values())).toList();
    }

    public Expected expect(ParityCase parityCase) {
        return new Evaluation(parityCase).run();
    }

    /** The arithmetic for one case. */
    private static final class Evaluation {

        private final ParityCase parityCase;
        private final CaseData data;
        private final double[] gamma;
        private final double[] beta;
        private final double[] arriving;
        private final double[] dy;
        private final int channels;
        private final int positions;
        private final Sharing sharing;
        private final double[] xhat;
        private final double[] rstd;
        private final RunningFormula running;
        private double[] x;

        Evaluation(ParityCase parityCase) {
            this.parityCase = parityCase;
            data = new CaseData(parityCase);
            gamma = data.gamma();
            beta = data.beta();
            arriving = data.dy();
            dy = arriving.clone();
            channels = parityCase.channels();
            positions = parityCase.positions();
            xhat = new double[dy.length];
            rstd = new double[dy.length];
            sharing = parityCase.layer().sharing(parityCase);
            running = new RunningFormula(parityCase);
        }

        Expected run() {
            List<Boolean> passes = parityCase.passes();
            for (int pass = 0; pass < passes.size(); pass++) {
                x = data.x(pass);
                if (parityCase.running().tracked() && passes.get(pass)) {
                    running.move(x);
                }
            }
            if (parityCase.usesRunning()) {
                normalizeByRunning();
            } else {
                for (int set = 0; set < sharing.sets(); set++) {
                    normalize(sharing.places(set));
                }
            }
            Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
            Map<Quantity, double[]> scales = new EnumMap<>(Quantity.class);
            outputAndGradients(values, scales);
            if (parityCase.running().tracked()) {
                values.put(Quantity.RUNNING_MEAN, running.means());
                values.put(Quantity.RUNNING_VAR, running.variances());
                scales.put(Quantity.RUNNING_MEAN, forAllChannels(running::meanScale));
                scales.put(Quantity.RUNNING_VAR, forAllChannels(c -> running.variances()[c]));
            }
            return new Expected(values, scales);
        }

        private void normalize(int[] places) {
            Moments moments =
                    new Moments(places.length, i -> x[places[i]], parityCase.layer().centers());
            for (int i = 0; i < places.length; i++) {
                xhat[places[i]] = moments.normalized(i, parityCase.decimalEpsilon());
                rstd[places[i]] = moments.rstd(parityCase.decimalEpsilon());
            }
        }

        private void normalizeByRunning() {
            for (int i = 0; i < x.length; i++) {
                int c = channel(i);
                rstd[i] = 1 / Math.sqrt(running.variance(c) + parityCase.decimalEpsilon());
                xhat[i] = (x[i] - running.mean(c)) * rstd[i];
            }
        }

        private void outputAndGradients(
                Map<Quantity, double[]> values, Map<Quantity, double[]> scales) {
            int size = x.length;
            double[] y = new double[size];
            double[] yScale = new double[size];
            double[] dx = new double[size];
            double[] dxScale = new double[size];
            throughActivationAndMask();
            for (int set = 0; set < sharing.sets(); set++) {
                int[] places = sharing.places(set);
                output(places, y, yScale);
                inputGradient(places, dx, dxScale);
            }
            values.put(Quantity.Y, y);
            scales.put(Quantity.Y, yScale);
            values.put(Quantity.DX, dx);
            scales.put(Quantity.DX, dxScale);
            double unit = largest(size, i -> xhat[i]) == 0 ? 1 : 0;
            if (parityCase.affine().scale()) {
                perChannel(
                        Quantity.DGAMMA,
                        i -> dy[i] * xhat[i],
                        i -> arriving[i] * Math.max(Math.abs(xhat[i]), unit),
                        values,
                        scales);
            }
            if (parityCase.affine().shift()) {
                perChannel(Quantity.DBETA, i -> dy[i], i -> arriving[i], values, scales);
            }
        }

        /** What arrives of dy at the normalization: nothing at positions that are not valid. */
        private void throughActivationAndMask() {
            double[] mask = data.mask();
            for (int i = 0; i < dy.length; i++) {
                int c = channel(i);
                arriving[i] *= mask[i / (channels * positions) * positions + i % positions];
                dy[i] = arriving[i] * parityCase.extra().slopeAt(gamma[c] * xhat[i] + beta[c]);
            }
        }

        private void output(int[] places, double[] y, double[] scales) {
            double largest = 0;
            for (int i : places) {
                int c = channel(i);
                double magnitude =
                        Math.max(Math.abs(xhat[i]), Math.min(1, Math.abs(x[i]) * rstd[i]));
                y[i] = parityCase.extra().applyTo(gamma[c] * xhat[i] + beta[c]);
                largest = larger(largest, Math.abs(gamma[c]) * magnitude + Math.abs(beta[c]));
            }
            for (int i : places) {
                scales[i] = largest;
            }
        }

        private void inputGradient(int[] places, double[] dx, double[] scales) {
            // What comes through the mean, and through the variance; given statistics do not depend
            // on the input.
            boolean throughVariance = !parityCase.usesRunning();
            boolean throughMean = throughVariance && parityCase.layer().centers();
            IntToDoubleFunction g = i -> gamma[channel(places[i])] * dy[places[i]];
            double meanG = throughMean ? Sum.of(places.length, g) / places.length : 0;
            double meanGx =
                    Sum.of(places.length, i -> g.applyAsDouble(i) * xhat[places[i]])
                            / places.length;
            double largest = 0;
            for (int i : places) {
                double own = gamma[channel(i)] * dy[i];
                double common = throughVariance ? xhat[i] * meanGx : 0;
                dx[i] = rstd[i] * (own - meanG - common);
                largest =
                        larger(
                                largest,
                                rstd[i]
                                        * (Math.abs(gamma[channel(i)] * arriving[i])
                                                + Math.abs(meanG)
                                                + Math.abs(common)));
            }
            for (int i : places) {
                scales[i] = largest;
            }
        }

        private void perChannel(
                Quantity quantity,
                IntToDoubleFunction terms,
                IntToDoubleFunction sizes,
                Map<Quantity, double[]> values,
                Map<Quantity, double[]> scales) {
            double[] sums = new double[channels];
            double[] magnitudes = new double[channels];
            int perChannel = parityCase.instances() * positions;
            for (int c = 0; c < channels; c++) {
                int channel = c;
                sums[c] = Sum.of(perChannel, i -> terms.applyAsDouble(index(channel, i)));
                magnitudes[c] =
                        Math.max(
                                Math.abs(sums[c]),
                                Math.sqrt(
                                        Sum.of(
                                                perChannel,
                                                i ->
                                                        square(
                                                                sizes.applyAsDouble(
                                                                        index(channel, i))))));
            }
            values.put(quantity, sums);
            scales.put(quantity, forAllChannels(i -> magnitudes[i]));
        }

        /** The index of the i-th element of a channel throughout the batch. */
        private int index(int channel, int i) {
            return (i / positions * channels + channel) * positions + i % positions;
        }

        private int channel(int index) {
            return index / positions % channels;
        }

        private double[] forAllChannels(IntToDoubleFunction magnitudes) {
            double[] all = new double[channels];
            Arrays.fill(all, largest(channels, magnitudes));
            return all;
        }

        /** The largest magnitude that is a number. */
        private static double largest(int count, IntToDoubleFunction values) {
            double largest = 0;
            for (int i = 0; i < count; i++) {
                largest = larger(largest, values.applyAsDouble(i));
            }
            return largest;
        }

        private static double larger(double largest, double value) {
            double magnitude = Math.abs(value);
            return magnitude > largest && Double.isFinite(magnitude) ? magnitude : largest;
        }

        private static double square(double value) {
            return value * value;
        }
    }
}
