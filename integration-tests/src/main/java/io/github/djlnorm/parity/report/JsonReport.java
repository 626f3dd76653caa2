package io.github.djlnorm.parity.report;

import com.google.gson.stream.JsonWriter;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BorderlineConfiguration;
import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Deviation;
import io.github.djlnorm.parity.verdict.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Everything, for programs. What is not a finite number is a string, as JSON has no such. */
public final class JsonReport {

    private JsonReport() {}

    public static void write(ParityReport report, Path file) throws IOException {
        try (JsonWriter json = new JsonWriter(Files.newBufferedWriter(file))) {
            json.setSerializeNulls(false);
            json.beginObject();
            json.name("grid").value(report.grid());
            json.name("passed").value(report.passed());
            json.name("cases").value(report.cases());
            json.name("seconds").value(report.seconds());
            json.name("date").value(report.origin().date());
            json.name("machine").value(report.origin().machine());
            json.name("versions").value(report.origin().versions());
            json.name("truths").beginArray();
            for (Tally tally : report.tallies()) {
                json.beginObject();
                json.name("name").value(tally.truth());
                json.name("planned").value(tally.planned());
                json.name("compared").value(tally.compared());
                json.name("refused").value(tally.refused());
                json.endObject();
            }
            json.endArray();
            strings(json, "notes", report.notes());
            json.name("cells").beginArray();
            for (Cell cell : report.cells()) {
                write(json, cell);
            }
            json.endArray();
            json.name("borderline").beginArray();
            for (BorderlineConfiguration.Answer answer : report.borderline()) {
                json.beginObject();
                json.name("name").value(answer.configuration().name());
                json.name("ours").value(answer.ours());
                json.name("theirs").value(answer.theirs());
                json.name("passed").value(answer.passed());
                json.endObject();
            }
            json.endArray();
            json.endObject();
        }
    }

    private static void strings(JsonWriter json, String name, Iterable<String> values)
            throws IOException {
        json.name(name).beginArray();
        for (String value : values) {
            json.value(value);
        }
        json.endArray();
    }

    private static void write(JsonWriter json, Cell cell) throws IOException {
        json.beginObject();
        json.name("case").value(cell.parityCase().name());
        json.name("quantity").value(ParityCase.label(cell.quantity()));
        json.name("passed").value(cell.passed());
        json.name("fingerprint").value(Long.toHexString(cell.fingerprint()));
        number(json.name("allowedUlp"), cell.allowed());
        if (cell.ours() != null) {
            write(json.name("ours"), cell.ours());
        }
        for (var reference : cell.references().entrySet()) {
            write(json.name(reference.getKey()), reference.getValue());
        }
        strings(json, "knownFaults", cell.faults().stream().map(ParityCase::label).toList());
        json.name("content").value(ParityCase.label(cell.content()));
        json.name("failure").value(cell.failure());
        json.endObject();
    }

    private static void write(JsonWriter json, Deviation error) throws IOException {
        json.beginObject();
        number(json.name("abs"), error.absolute());
        number(json.name("ulp"), error.ulp());
        json.name("index").value(error.index());
        json.endObject();
    }

    private static void number(JsonWriter json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.value(value);
        } else {
            json.value(Double.toString(value));
        }
    }
}
