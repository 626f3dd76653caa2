package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The results of a study's runs, each in a file of its own.
 *
 * @param folder where the files are
 */
record StudyRuns(Path folder) {

    private static final String RESULT = ".csv";

    /**
     * Reads the result of a run.
     *
     * @return the result, or nothing if the run is yet to come
     * @throws BadInputException if the file is damaged
     */
    Optional<BatchSizeResult> result(StudyRun run) throws IOException {
        Path file = file(run);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        try {
            if (lines.size() != 2 || !lines.get(0).equals(BatchSizeResult.HEADER)) {
                throw new IllegalArgumentException("not two lines with the header of a result");
            }
            return Optional.of(BatchSizeResult.parse(lines.get(1)));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    file + " is damaged: remove it, and its run will be repeated", e);
        }
    }

    /**
     * Reads all results, in an order that depends on nothing but the runs.
     *
     * @throws BadInputException if there are none, or one is damaged
     */
    Map<StudyRun, BatchSizeResult> results() throws IOException {
        Map<StudyRun, BatchSizeResult> results = new TreeMap<>(StudyRun.ORDER);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + RESULT)) {
            for (Path file : files) {
                StudyRun run = run(file);
                results.put(run, result(run).orElseThrow());
            }
        } catch (NoSuchFileException e) {
            throw new BadInputException("no folder " + folder + ": run its study", e);
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

    /** Keeps a result, as a whole or not at all. */
    void keep(StudyRun run, BatchSizeResult result) {
        ResultFiles.write(file(run), List.of(BatchSizeResult.HEADER, result.line()));
    }

    /** The file whose lock is held by who is about a run. */
    Path lock(StudyRun run) {
        return folder.resolve(run.fileName() + ".lock");
    }

    private Path file(StudyRun run) {
        return folder.resolve(run.fileName() + RESULT);
    }
}
