// A plain Flink job with state and no end: sums of random numbers, submitted to a session cluster and left alone.
// It shows, without Beam, that the cluster takes checkpoints and goes on from one when a task manager dies.
//   FLINK_CONF_DIR=… java -cp 'lib/*' Sums.java HOST PORT
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

public class Sums {
  public static void main(String[] args) {
    Configuration said = GlobalConfiguration.loadConfiguration();
    said.setString("execution.target", "remote");
    TableEnvironment tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(said).build());
    tables.executeSql("CREATE TABLE numbers (n INT) WITH ('connector'='datagen','rows-per-second'='50')");
    tables.executeSql(
        "CREATE TABLE sums (k INT, total INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector'='blackhole')");
    tables.executeSql("INSERT INTO sums SELECT MOD(n, 10), SUM(n) FROM numbers GROUP BY MOD(n, 10)");
  }
}
