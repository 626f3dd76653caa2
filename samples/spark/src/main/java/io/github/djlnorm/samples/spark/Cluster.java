package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.cli.BadInputException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Where Spark runs. */
final class Cluster {

    private static final Pattern STANDALONE = Pattern.compile("spark://([^:,/]+):(\\d+)");
    private static final int CONNECT_MILLIS = 5_000;

    /** What executors need beside Spark's own flags, and a thread of libtorch's for each task. */
    private static final String EXECUTOR_OPTIONS =
            "-Dai.djl.pytorch.num_threads=1 -Dai.djl.pytorch.num_interop_threads=1"
                    + " -Djava.awt.headless=true -DOPT_OUT_TRACKING=true";

    @Option(
            names = "--master",
            paramLabel = "URL",
            description =
                    "Where Spark runs: local[CORES], spark://HOST:PORT, yarn, k8s://... Default:"
                            + " what spark-submit says, else local[2].")
    private String master;

    /** Leaves the master to the options. */
    Cluster() {}

    Cluster(String master) {
        this.master = master;
    }

    /**
     * Starts a session.
     *
     * @throws BadInputException if there is no such master
     */
    SparkSession start() {
        if (master != null) {
            checkReachable(master);
        }
        SparkSession.Builder builder =
                SparkSession.builder()
                        .appName("djl-norm")
                        .config("spark.ui.enabled", "false")
                        .config("spark.executorEnv.OMP_NUM_THREADS", "1")
                        .config("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE")
                        .config("spark.executor.extraJavaOptions", EXECUTOR_OPTIONS);
        String where = master == null ? System.getProperty("spark.master", "local[2]") : master;
        if (where.startsWith("local")) {
            // No name service is asked for this machine's name, which containers often lack.
            builder.config("spark.driver.host", "127.0.0.1")
                    .config("spark.driver.bindAddress", "127.0.0.1");
        }
        if (where.startsWith("local-cluster")) {
            builder.config("spark.executor.extraClassPath", System.getProperty("java.class.path"));
        }
        try {
            return builder.master(where).getOrCreate();
        } catch (Exception e) {
            if (e instanceof SparkException || e instanceof IllegalArgumentException) {
                throw unusable(where, e);
            }
            throw e;
        }
    }

    /** Spark itself would try for a minute and more, and tell in many lines. */
    private static void checkReachable(String master) {
        Matcher standalone = STANDALONE.matcher(master);
        if (standalone.matches()) {
            int port = Integer.parseInt(standalone.group(2));
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(standalone.group(1), port), CONNECT_MILLIS);
            } catch (IOException | IllegalArgumentException e) {
                throw unusable(master, e);
            }
        }
    }

    private static BadInputException unusable(String master, Exception cause) {
        return new BadInputException(
                "cannot reach the master %s (%s): start it, or leave out --master for local[2]"
                        .formatted(master, cause.getMessage()),
                cause);
    }
}
