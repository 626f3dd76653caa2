package io.github.djlnorm.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.djlnorm.samples.data.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in a process of its own, whose locale knows ASCII alone. */
class LocaleTest {

    @TempDir private Path folder;
    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        assumeTrue(linux, "only on Linux does LC_ALL say how names are read");
        boolean known = System.getProperty("sun.jnu.encoding").startsWith("UTF");
        assumeTrue(known, "this process itself can write no such names: set LC_ALL=C.UTF-8");
        data = Pictures.write(folder.resolve("data"), 2, 1);
    }

    @Test
    void aClassOfUnknownLettersIsRefused() throws Exception {
        for (String split : List.of("train", "test")) {
            Path star = data.resolve(split).resolve("STAR");
            Files.move(star, star.resolveSibling("\u00c4pfel"));
        }
        assertRefused("train", "--data", data.toString());
    }

    @Test
    void anArgumentOfUnknownLettersIsRefused() throws Exception {
        assertRefused("predict", "--model", "model", "\u00c4pfel.png");
    }

    @Test
    void anImageOfUnknownLettersIsRead() throws Exception {
        Path image = data.resolve("train/STAR/0.png");
        Files.move(image, image.resolveSibling("\u00c4pfel.png"));
        CommandResult run =
                run(
                        "train",
                        "--data",
                        data.toString(),
                        "--epochs",
                        "1",
                        "--output",
                        folder.resolve("output").toString());
        assertThat(run.out()).contains(": 6 images, 3 to test with");
        assertThat(run.status()).isZero();
    }

    private void assertRefused(String... command) throws Exception {
        CommandResult run = run(command);
        assertThat(run.err())
                .startsWith("Error: ")
                .contains("set LC_ALL=C.UTF-8, or another locale of UTF-8, and try again");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(2);
    }

    private CommandResult run(String... args) throws Exception {
        String classes =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classes,
                                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("LC_ALL", "C");
        return CommandResult.of(builder);
    }
}
