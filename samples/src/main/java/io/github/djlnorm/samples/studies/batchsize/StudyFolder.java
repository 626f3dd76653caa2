package io.github.djlnorm.samples.studies.batchsize;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of a study: what it is about, and the result of each run, which is there as a whole or
 * not at all. A study that was stopped goes on where it was, and several processes may work on one.
 */
final class StudyFolder {

    private static final String SETTING = "study.txt";

    private final Path folder;
    private final StudyRuns runs;

    private StudyFolder(Path folder) {
        this.folder = folder;
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
        if (!Files.exists(folder.resolve(SETTING))) {
            ResultFiles.replace(
                    folder.resolve(SETTING), partial -> Files.writeString(partial, setting));
        } else if (!setting().equals(setting)) {
            throw new BadInputException(
                    "%s holds another study (%s), not this one (%s): give another --output"
                            .formatted(folder, setting(), setting));
        }
    }

    /**
     * Opens a folder to read what is there.
     *
     * @throws BadInputException if it is no study's
     */
    static StudyFolder existing(Path folder) {
        if (!Files.isRegularFile(folder.resolve(SETTING))) {
            throw new BadInputException(
                    folder + " is no study: give the --output of a batch-size-study");
        }
        return new StudyFolder(folder);
    }

    /** What all results in the folder have in common, in words. */
    String setting() throws IOException {
        return Files.readString(folder.resolve(SETTING));
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
        try (FileChannel lock = FileChannel.open(runs.lock(run), CREATE, WRITE, DELETE_ON_CLOSE)) {
            if (!isFree(lock) || runs.result(run).isPresent()) {
                return Optional.empty();
            }
            BatchSizeResult result = trainer.train(run);
            runs.keep(run, result);
            return Optional.of(result);
        }
    }

    private static boolean isFree(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // This process has it already.
            return false;
        }
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
