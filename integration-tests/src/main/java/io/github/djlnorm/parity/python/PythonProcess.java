package io.github.djlnorm.parity.python;

import com.google.gson.Gson;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A running Python, which imports PyTorch once for all the scripts that it is given. They arrive on
 * its standard input with what they read, so that there is nothing to mount into a container; when
 * that input ends, because it is closed or this program is gone, so does the process.
 */
final class PythonProcess implements AutoCloseable {

    private final PythonCommand command;
    private final Path complaints;
    private final Process process;
    private final OutputStream requests;
    private final DataInputStream replies;

    PythonProcess(PythonCommand command) throws IOException {
        this.command = command;
        complaints = Files.createTempFile("djl-norm-parity", ".log");
        List<String> everything = new ArrayList<>(command.command());
        everything.addAll(List.of("-c", launcher()));
        try {
            process = new ProcessBuilder(everything).redirectError(complaints.toFile()).start();
        } catch (IOException e) {
            Files.delete(complaints);
            throw e;
        }
        requests = new BufferedOutputStream(process.getOutputStream());
        replies = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    }

    private static String launcher() throws IOException {
        try (InputStream in = PythonProcess.class.getResourceAsStream("launcher.py")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Runs a script with two file names as its arguments.
     *
     * @param script the script
     * @param request the file that it reads
     * @param reply the file that it writes
     * @throws IOException if it could not be run, or failed; the message has its error output
     */
    void run(Path script, Path request, Path reply) throws IOException {
        boolean succeeded;
        byte[] answer;
        try {
            send(script, request, reply);
            succeeded = replies.readBoolean();
            answer = replies.readNBytes(Math.toIntExact(replies.readLong()));
        } catch (IOException e) {
            process.destroy();
            throw new IOException(command + " ended: " + Files.readString(complaints).strip(), e);
        }
        if (!succeeded) {
            throw new IOException(
                    command + " failed: " + new String(answer, StandardCharsets.UTF_8).strip());
        }
        Files.write(reply, answer);
    }

    private void send(Path script, Path request, Path reply) throws IOException {
        Map<String, Object> call =
                Map.of(
                        "script", name(script),
                        "request", name(request),
                        "reply", name(reply),
                        "sizes", List.of(Files.size(script), Files.size(request)));
        requests.write((new Gson().toJson(call) + "\n").getBytes(StandardCharsets.UTF_8));
        Files.copy(script, requests);
        Files.copy(request, requests);
        requests.flush();
    }

    private static String name(Path file) {
        return Objects.requireNonNull(file.getFileName()).toString();
    }

    @Override
    public void close() throws IOException {
        try (replies) {
            requests.close();
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // It has ended already, which whoever gave it a script was told.
        } finally {
            process.destroy();
            Files.deleteIfExists(complaints);
        }
    }
}
