package io.github.djlnorm.samples.studies.batchsize;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.cli.RunLock;
import io.github.djlnorm.samples.cli.SettingFile;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of a study: what it is about, and the result of each run, which is there as a whole or
 * not at all. A study that was stopped goes on where it was, and several processes may work on one.
 */
final class StudyFolder {

    private final Path folder;
    private final SettingFile setting;
    private final StudyRuns runs;

    private StudyFolder(Path folder) {
        this.folder = folder;
        setting = new SettingFile(folder);
        runs = new StudyRuns(folder.resolve("runs"));
    }

    /**
     * Opens or creates a folder.
     *
     * @param setting what all results in the folder have in common, in words
     * @throws BadInputException if the folder is that of another study, or cannot be created
     */
    StudyFolder(Path folder, String setting) throws IOException {
        this(folder);
        ResultFiles.create(runs.folder());
        this.setting.require(setting);
    }

    /**
     * Opens a folder to read what is there.
     *
     * @throws BadInputException if it is no study's
     */
    static StudyFolder existing(Path folder) {
        StudyFolder study = new StudyFolder(folder);
        if (!study.setting.exists()) {
            throw new BadInputException(
                    folder + " is no study: give the --output of a batch-size-study");
        }
        return study;
    }

    /** What all results in the folder have in common, in words. */
    String setting() throws IOException {
        return setting.read();
    }

    /** The results that there are. */
    StudyRuns runs() {
        return runs;
    }

    /**
     * Carries out a run and keeps its result, unless that is there or another process is about it.
     *
     * @return the result, or nothing if there was nothing to do
     */
    Optional<BatchSizeResult> carryOut(StudyRun run, Trainer trainer)
            throws IOException, TranslateException {
        if (runs.result(run).isPresent()) {
            return Optional.empty();
        }
        Optional<RunLock> lock = take(runs.lock(run));
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        try {
            return runs.result(run).isPresent()
                    ? Optional.empty()
                    : Optional.of(train(run, trainer));
        } finally {
            // Who locks the file that was deleted finds the result.
            Files.deleteIfExists(runs.lock(run));
            lock.get().close();
        }
    }

    private static Optional<RunLock> take(Path file) {
        try {
            return RunLock.take(file);
        } catch (IOException e) {
            throw ResultFiles.unwritable(file, e);
        }
    }

    private BatchSizeResult train(StudyRun run, Trainer trainer)
            throws IOException, TranslateException {
        BatchSizeResult result = trainer.train(run);
        runs.keep(run, result);
        return result;
    }

    /** Does the work of a run. */
    interface Trainer {
        BatchSizeResult train(StudyRun run) throws IOException, TranslateException;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
