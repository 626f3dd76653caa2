package io.github.djlnorm.samples.style;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * How far the training of a generator has come.
 *
 * @param step the number of steps until now
 * @param train the mean over the training batches since the last report
 * @param test the mean over the test images, with the generator in evaluation mode
 */
record LossReport(int step, Losses train, Losses test) {

    /** The unweighted terms of a loss, and their weighted sum. */
    record Losses(double content, double style, double total) {

        String text() {
            return String.format(
                    Locale.ROOT, "loss %.4f (content %.4f, style %.4f)", total, content, style);
        }

        static Losses mean(List<Losses> losses) {
            return new Losses(
                    losses.stream().mapToDouble(Losses::content).average().orElseThrow(),
                    losses.stream().mapToDouble(Losses::style).average().orElseThrow(),
                    losses.stream().mapToDouble(Losses::total).average().orElseThrow());
        }
    }

    /** The mean of reports on the same step of several trainings. */
    static LossReport mean(List<LossReport> reports) {
        return new LossReport(
                reports.get(0).step(),
                Losses.mean(reports.stream().map(LossReport::train).toList()),
                Losses.mean(reports.stream().map(LossReport::test).toList()));
    }

    /** The mean of the reports on the last quarter of training. */
    static Losses end(List<LossReport> reports, Function<LossReport, Losses> losses) {
        int last = reports.get(reports.size() - 1).step();
        return Losses.mean(reports.stream().filter(r -> r.step > 0.75 * last).map(losses).toList());
    }

    String line() {
        return String.format(
                Locale.ROOT, "step %5d  training: %s  test: %s", step, train.text(), test.text());
    }
}
