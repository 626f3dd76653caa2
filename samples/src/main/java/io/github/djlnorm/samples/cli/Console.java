package io.github.djlnorm.samples.cli;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Help.Ansi;

/** The terminal, if there is one. */
public final class Console {

    private Console() {}

    /** A progress bar that draws on a terminal only, so that logs stay readable. */
    public static ProgressBar progressBar(String task, long steps) {
        ProgressBarBuilder builder =
                ProgressBar.builder().setTaskName(task).setInitialMax(steps).clearDisplayOnFinish();
        if (!Ansi.AUTO.enabled()) {
            builder.setConsumer(new DelegatingProgressBarConsumer(line -> {}));
        }
        return builder.build();
    }
}
