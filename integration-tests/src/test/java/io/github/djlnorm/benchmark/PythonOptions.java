package io.github.djlnorm.benchmark;

import io.github.djlnorm.parity.python.PyTorchSearch;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where PyTorch in Python is; without these, where the environment says. */
final class PythonOptions {

    @Option(
            names = "--image",
            paramLabel = "NAME",
            description = "The container image with PyTorch; pulled if need be.")
    private String image;

    @Option(
            names = "--python",
            paramLabel = "COMMAND",
            description = "A Python of this machine with PyTorch and NumPy, instead of an image.")
    private String python;

    /** Looks for it, which takes a while, if somebody needs it. */
    PyTorchSearch search(List<Row> rows) {
        return rows.stream().anyMatch(PythonOptions::needsPython)
                ? PyTorchSearch.run(python, image)
                : new PyTorchSearch(Optional.empty(), "nobody needs it");
    }

    private static boolean needsPython(Row row) {
        Family other = row.other().contestant().family();
        return other == Family.PYTHON || other == Family.ONNX;
    }
}
