package io.github.djlnorm.samples.classification;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlnorm.samples.cli.ResultFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Saves the model after every epoch, so that an interrupted training leaves the last one. */
public final class CheckpointListener extends TrainingListenerAdapter {

    private final Classifier classifier;
    private final Path folder;

    public CheckpointListener(Classifier classifier, Path folder) {
        this.classifier = classifier;
        this.folder = folder;
    }

    @Override
    public void onEpoch(Trainer trainer) {
        try {
            classifier.save(folder);
        } catch (IOException e) {
            throw ResultFiles.unwritable(folder, e);
        }
    }
}
