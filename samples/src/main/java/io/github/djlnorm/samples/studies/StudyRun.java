package io.github.djlnorm.samples.studies;

import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One training of a study.
 *
 * @param norm the normalization
 * @param batchSize the number of images in a training step
 * @param seed the seed of parameters and order
 */
public record StudyRun(Norm norm, int batchSize, int seed) {

    /** By norm, many groups before few and none last, from large batches to small ones, by seed. */
    public static final Comparator<StudyRun> ORDER =
            Comparator.comparing((StudyRun run) -> run.norm.kind() == NormKind.NONE)
                    .thenComparing(run -> run.norm.kind())
                    .thenComparing(run -> -run.norm.number())
                    .thenComparing(run -> run.norm.toString())
                    .thenComparing(run -> -run.batchSize)
                    .thenComparing(StudyRun::seed);

    private static final Pattern FILE_NAME =
            Pattern.compile("(.+)-batch(\\d{1,9})-seed(-?\\d{1,9})");
    // The hyphens that stand for a colon: not those of a name and not signs.
    private static final String COLON = "(?<=[a-z\\d])-(?=\\d|axis=|epsilon=)";

    /** A name that is fit for a file, and different for different runs. */
    public String fileName() {
        return "%s-batch%d-seed%d".formatted(norm.toString().replace(':', '-'), batchSize, seed);
    }

    /**
     * Reads what {@link #fileName} gives.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static StudyRun ofFileName(String name) {
        Matcher matcher = FILE_NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected norm, batch size and seed, got " + name);
        }
        StudyRun run =
                new StudyRun(
                        Norm.parse(matcher.group(1).replaceAll(COLON, ":")),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)));
        if (!run.fileName().equals(name)) {
            throw new IllegalArgumentException("expected " + run.fileName() + ", got " + name);
        }
        return run;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s at batch size %d, seed %d", norm, batchSize, seed);
    }
}
