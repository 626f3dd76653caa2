package io.github.djlnorm.samples.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Help.Ansi;

/** The terminal, if there is one. */
public final class Console {

    private static final long SILENCE = TimeUnit.SECONDS.toNanos(30);

    private Console() {}

    /**
     * A progress bar, which a terminal shows as it grows. Elsewhere, as in a log, it is a line
     * every half minute, so that what is quiet for long is known to live.
     */
    public static ProgressBar progressBar(String task, long steps) {
        ProgressBarBuilder builder =
                ProgressBar.builder().setTaskName(task).setInitialMax(steps).clearDisplayOnFinish();
        if (!Ansi.AUTO.enabled()) {
            builder.setStyle(ProgressBarStyle.ASCII);
            builder.setConsumer(new DelegatingProgressBarConsumer(new Lines(System.nanoTime())));
        }
        return builder.build();
    }

    /** Prints a line now and then. */
    private static final class Lines implements Consumer<String> {

        private long last;

        Lines(long start) {
            last = start;
        }

        @Override
        public void accept(String line) {
            long now = System.nanoTime();
            if (now - last >= SILENCE) {
                last = now;
                System.err.println(line.strip());
            }
        }
    }
}
