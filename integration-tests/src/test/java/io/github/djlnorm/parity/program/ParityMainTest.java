package io.github.djlnorm.parity.program;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.ParityCase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityMainTest {

    @TempDir private Path folder;

    @Test
    void wrongOptionsAreToldInOneLine() {
        String name = ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12), 4).name();

        assertUsage("Unknown option: '--fulll'", "--fulll");
        assertUsage("--case", "--case");
        assertUsage("normall is none of normal", "--case", name.replace("normal", "normall"));
        assertUsage("leave out --full and --seed", "--full", "--case", name);
        assertUsage("at most 16777216 values", "--case", name.replace("2x12", "99999999x12"));
        assertUsage("exclude each other", "--no-pytorch", "--python", "python3");
    }

    @Test
    void missingPythonIsToldAndFails() {
        Run run = Run.of("--python", "/no/such/python");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.err).contains("PyTorch does not start").contains("/no/such/python");
    }

    @Test
    void aPythonWithoutPyTorchIsToldByWhatItLacks() throws Exception {
        // Answers as launcher.py does where a module is not found.
        Path python = folder.resolve("python");
        Files.writeString(
                python,
                """
                #!/bin/sh
                read line
                printf '\\0\\0\\0\\0\\0\\0\\0\\0\\032/some/python has no torch!!'
                cat > /dev/null
                """);
        assertThat(python.toFile().setExecutable(true)).isTrue();

        Run run = Run.of("--python", python.toString());

        assertThat(run.status).isEqualTo(1);
        assertThat(run.err)
                .contains("PyTorch does not start: ", "/some/python has no torch")
                .contains("--image", "--python");
    }

    @Test
    void caseIsToldWhole() {
        ParityCase one = ParityCase.of(Layer.INSTANCE_NORM, new Shape(2, 12, 9), 12);

        Run run = Run.of("--no-pytorch", "--case", one.name(), "--out", folder.toString());

        assertThat(run.status).isZero();
        assertThat(folder.resolve("case.txt")).hasContent(run.out);
        assertThat(run.out)
                .contains(one.name(), "nn.InstanceNorm1d(12", "dgamma: passed", "libtorch");
    }

    @Test
    void reportIsWrittenInEveryForm() throws Exception {
        Run run = Run.of("--no-pytorch", "--out", folder.toString());

        assertThat(run.status).isZero();
        assertThat(run.out).contains("PASSED", "left out: layers of real PyTorch", "our worst");
        JsonObject json =
                JsonParser.parseString(Files.readString(folder.resolve("parity.json")))
                        .getAsJsonObject();
        int cells = json.getAsJsonArray("cells").size();
        assertThat(json.get("passed").getAsBoolean()).isTrue();
        assertThat(Files.readAllLines(folder.resolve("parity.csv"))).hasSize(cells + 1);
        assertThat(Files.readString(folder.resolve("parity.html")))
                .contains("<table class=\"heat\">", "data:image/png;base64,")
                .contains("quick grid of seed 0", "processors", "Java ", "libtorch ")
                .doesNotContain("http://", "https://", "<script", "<link");
        assertThat(ImageIO.read(folder.resolve("heatmap.png").toFile()).getWidth())
                .isGreaterThan(500);
    }

    private static void assertUsage(String message, String... args) {
        Run run = Run.of(args);

        assertThat(run.status).isEqualTo(2);
        assertThat(run.err.lines()).singleElement().asString().contains(message);
    }

    /** A run of the program, with what it said. */
    private static final class Run {

        private final int status;
        private final String out;
        private final String err;

        private Run(int status, String out, String err) {
            this.status = status;
            this.out = out;
            this.err = err;
        }

        static Run of(String... args) {
            PrintStream realOut = System.out;
            PrintStream realErr = System.err;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            try {
                return new Run(
                        ParityMain.run(args),
                        out.toString(StandardCharsets.UTF_8),
                        err.toString(StandardCharsets.UTF_8));
            } finally {
                System.setOut(realOut);
                System.setErr(realErr);
            }
        }
    }
}
