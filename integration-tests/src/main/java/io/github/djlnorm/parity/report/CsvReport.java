package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.verdict.Cell;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** One line for each cell, for spreadsheets and data frames. */
public final class CsvReport {

    private CsvReport() {}

    public static void write(ParityReport report, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(
                    "layer,shape,groups,mode,affine,running,precision,layout,distribution,epsilon,"
                            + "seed,extra,quantity,content,fingerprint,passed,our_abs,our_ulp,torch_abs,torch_ulp,allowed_ulp,"
                            + "known_faults\n");
            for (Cell cell : report.cells()) {
                out.write(line(cell));
            }
        }
    }

    private static String line(Cell cell) {
        ParityCase c = cell.parityCase();
        return String.join(
                        ",",
                        ParityCase.label(c.layer()),
                        c.dimensions(),
                        Integer.toString(c.groups()),
                        ParityCase.label(c.mode()),
                        ParityCase.label(c.affine()),
                        ParityCase.label(c.running()),
                        ParityCase.label(c.precision()),
                        ParityCase.label(c.layout()),
                        ParityCase.label(c.distribution()),
                        Float.toString(c.epsilon()),
                        Integer.toString(c.seed()),
                        ParityCase.label(c.extra()),
                        ParityCase.label(cell.quantity()),
                        ParityCase.label(cell.content()),
                        Long.toHexString(cell.fingerprint()),
                        Boolean.toString(cell.passed()),
                        cell.ours() == null ? "" : Double.toString(cell.ours().absolute()),
                        cell.ours() == null ? "" : Double.toString(cell.ours().ulp()),
                        Double.toString(cell.theirAbsolute()),
                        Double.toString(cell.theirUlp()),
                        Double.toString(cell.allowed()),
                        cell.faults().stream()
                                .map(ParityCase::label)
                                .collect(Collectors.joining("+")))
                + "\n";
    }
}
