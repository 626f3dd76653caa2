package io.github.djlnorm.samples;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.WRITE;

import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder of a study: what it is about, and the result of each run, which is there as a whole or
 * not at all. A study that was stopped goes on where it was, and several processes may work on one.
 */
final class StudyFolder {

    private static final String SETTING = "study.txt";
    private static final String RUNS = "runs";
    private static final String RESULT = ".csv";

    private final Path folder;
    private final Path runs;

    private StudyFolder(Path folder) {
        this.folder = folder;
        this.runs = folder.resolve(RUNS);
    }

    /**
     * Opens or creates a folder.
     *
     * @param setting what all results in the folder have in common, in words
     * @throws BadInputException if the folder is that of another study, or cannot be created
     */
    StudyFolder(Path folder, String setting) throws IOException {
        this(folder);
        Output.create(runs);
        if (!Files.exists(folder.resolve(SETTING))) {
            replace(folder.resolve(SETTING), setting);
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

    /**
     * Reads all results, in an order that depends on nothing but the runs.
     *
     * @throws BadInputException if there are none, or one is damaged
     */
    Map<StudyRun, StudyResult> results() throws IOException {
        Map<StudyRun, StudyResult> results = new TreeMap<>(StudyRun.ORDER);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(runs, "*" + RESULT)) {
            for (Path file : files) {
                StudyRun run = run(file);
                results.put(run, result(run).orElseThrow());
            }
        } catch (NoSuchFileException e) {
            throw new BadInputException(folder + " has no folder " + RUNS + ": run its study", e);
        }
        if (results.isEmpty()) {
            throw new BadInputException(folder + " has no results yet: run its study");
        }
        return results;
    }

    private static StudyRun run(Path file) {
        String name = file.getFileName().toString();
        try {
            return StudyRun.ofFileName(name.substring(0, name.length() - RESULT.length()));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(file + " is no run's result: remove it", e);
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
        return runs.resolve(run.fileName() + RESULT);
    }

    private static void replace(Path file, String content) throws IOException {
        Output.replace(file, partial -> Files.writeString(partial, content));
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
