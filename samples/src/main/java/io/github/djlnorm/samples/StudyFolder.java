package io.github.djlnorm.samples;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The folder of a study: what it is about, and the result of each run, which is there as a whole or
 * not at all. A study that was stopped goes on where it was, and several processes may work on one.
 */
final class StudyFolder {

    private static final String SETTING = "study.txt";
    private static final String RUNS = "runs";

    private final Path runs;

    /**
     * Opens or creates a folder.
     *
     * @param setting what all results in the folder have in common, in words
     * @throws BadInputException if the folder is that of another study, or cannot be created
     */
    StudyFolder(Path folder, String setting) throws IOException {
        runs = folder.resolve(RUNS);
        Output.create(runs);
        Path file = folder.resolve(SETTING);
        if (!Files.exists(file)) {
            replace(file, setting);
        } else if (!Files.readString(file).equals(setting)) {
            throw new BadInputException(
                    "%s holds another study (%s), not this one (%s): give another --output"
                            .formatted(folder, Files.readString(file), setting));
        }
    }

    /**
     * Reads the result of a run.
     *
     * @return the result, or nothing if the run is yet to come
     * @throws BadInputException if the file is damaged
     */
    Optional<StudyResult> result(StudyRun run) throws IOException {
        Path file = file(run);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        try {
            if (lines.size() != 2 || !lines.get(0).equals(StudyResult.HEADER)) {
                throw new IllegalArgumentException("not two lines with the header of a result");
            }
            return Optional.of(StudyResult.parse(lines.get(1)));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    file + " is damaged: remove it, and its run will be repeated", e);
        }
    }

    /**
     * Carries out a run and keeps its result, unless that is there or another process is about it.
     *
     * @return the result, or nothing if there was nothing to do
     */
    Optional<StudyResult> carryOut(StudyRun run, Trainer trainer)
            throws IOException, TranslateException {
        try (FileChannel lock = FileChannel.open(lockFile(run), CREATE, WRITE, DELETE_ON_CLOSE)) {
            if (!isFree(lock) || result(run).isPresent()) {
                return Optional.empty();
            }
            StudyResult result = trainer.train(run);
            replace(file(run), StudyResult.HEADER + "\n" + result.line() + "\n");
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
        StudyResult train(StudyRun run) throws IOException, TranslateException;
    }

    private Path lockFile(StudyRun run) {
        return runs.resolve(run.fileName() + ".lock");
    }

    private Path file(StudyRun run) {
        return runs.resolve(run.fileName() + ".csv");
    }

    private static void replace(Path file, String content) throws IOException {
        Output.replace(file, partial -> Files.writeString(partial, content));
    }
}
