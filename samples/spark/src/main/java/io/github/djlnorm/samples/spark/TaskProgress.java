package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.cli.Console;
import me.tongfei.progressbar.ProgressBar;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Shows on a terminal how far Spark's tasks are. */
final class TaskProgress extends SparkListener {

    private final ProgressBar bar;

    private TaskProgress(ProgressBar bar) {
        this.bar = bar;
    }

    /** Does something, and shows the tasks that it takes. */
    static void during(SparkContext spark, Runnable work) {
        try (ProgressBar bar = Console.progressBar("tasks", 0)) {
            TaskProgress progress = new TaskProgress(bar);
            spark.addSparkListener(progress);
            try {
                work.run();
            } finally {
                spark.removeSparkListener(progress);
            }
        }
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted stage) {
        bar.maxHint(bar.getMax() + stage.stageInfo().numTasks());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
        if (task.taskInfo().successful()) {
            bar.step();
        }
    }
}
