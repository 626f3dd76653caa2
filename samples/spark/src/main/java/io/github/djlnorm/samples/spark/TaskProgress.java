package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.cli.Console;
import me.tongfei.progressbar.ProgressBar;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Shows on a terminal how far Spark's tasks are. */
final class TaskProgress extends SparkListener implements AutoCloseable {

    private final SparkContext spark;
    private final ProgressBar bar;

    TaskProgress(SparkContext spark, String task) {
        this.spark = spark;
        bar = Console.progressBar(task, 0);
        spark.addSparkListener(this);
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

    @Override
    public void close() {
        spark.removeSparkListener(this);
        bar.close();
    }
}
