import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the project asks of a Kafka broker outside of Dapr. Prints JSON, one object a line; a failure is one line on stderr. */
public final class KafkaAdmin {
  private static final int REQUEST_TIMEOUT_MS = 15_000;
  private static final int TOPICS_READY_TIMEOUT_MS = 30_000;
  private static final int POLL_MS = 100;
  private static final String USAGE =
      "usage: KafkaAdmin topics BROKERS PARTITIONS REPLICATION NAME... | lag BROKERS [GROUP_PREFIX] | ping BROKERS TIMEOUT_MS";

  /**
   * The topics are the system's history and the view is rebuilt from them: nothing in them may expire or be compacted.
   * Their messages may be as large as the pub/sub component sends them (components/pubsub.yaml).
   */
  private static final Map<String, String> TOPIC_SETTINGS =
      Map.of("cleanup.policy", "delete", "retention.ms", "-1", "max.message.bytes", "4194304");

  /** A call that cannot be carried out as it was given. */
  private static final class Refusal extends Exception {
    Refusal(String message) {
      super(message);
    }
  }

  public static void main(String[] args) {
    // stdout holds the answer alone, and the client's own warnings say less than the one line printed here.
    System.setProperty("log.target", "SYSTEM_ERR");
    System.setProperty("log.level", "OFF");
    int exit = 1;
    try {
      run(args);
      exit = 0;
    } catch (Refusal refusal) {
      System.err.println(refusal.getMessage());
    } catch (ExecutionException | KafkaException failure) {
      System.err.println(sentence(failure, args.length > 1 ? args[1] : ""));
    } catch (InterruptedException interrupted) {
      System.err.println("interrupted");
    }
    System.out.flush();
    System.exit(exit);
  }

  private static void run(String[] args) throws Refusal, ExecutionException, InterruptedException {
    if (args.length >= 5 && args[0].equals("topics")) {
      try (Admin admin = connect(args[1], REQUEST_TIMEOUT_MS)) {
        List<String> names = Arrays.asList(args).subList(4, args.length);
        topics(admin, number("PARTITIONS", args[2]), (short) number("REPLICATION", args[3]), names);
      }
    } else if ((args.length == 2 || args.length == 3) && args[0].equals("lag")) {
      try (Admin admin = connect(args[1], REQUEST_TIMEOUT_MS)) {
        lag(admin, args.length == 3 ? args[2] : "");
      }
    } else if (args.length == 3 && args[0].equals("ping")) {
      try (Admin admin = connect(args[1], number("TIMEOUT_MS", args[2]))) {
        ping(admin);
      }
    } else {
      throw new Refusal(USAGE);
    }
  }

  private static Admin connect(String brokers, int timeoutMs) {
    return Admin.create(
        Map.of(
            "bootstrap.servers", brokers,
            "client.id", "gophermart-admin",
            "request.timeout.ms", timeoutMs,
            "default.api.timeout.ms", timeoutMs,
            "reconnect.backoff.max.ms", 250));
  }

  private static void ping(Admin admin) throws ExecutionException, InterruptedException {
    var cluster = admin.describeCluster();
    print(row("cluster_id", cluster.clusterId().get(), "nodes", cluster.nodes().get().size()));
  }

  private static void topics(Admin admin, int partitions, short replication, List<String> names)
      throws Refusal, ExecutionException, InterruptedException {
    Set<String> existing = admin.listTopics().names().get();
    Set<String> created = new HashSet<>();
    for (String name : names) {
      if (!existing.contains(name) && create(admin, new NewTopic(name, partitions, replication))) created.add(name);
    }
    Map<String, TopicDescription> ready = waitForLeaders(admin, names);
    for (String name : names) {
      print(row("topic", name, "partitions", ready.get(name).partitions().size(), "created", created.contains(name)));
    }
  }

  /** @return false when another client made the topic meanwhile. */
  private static boolean create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
    try {
      admin.createTopics(List.of(topic.configs(TOPIC_SETTINGS))).all().get();
      return true;
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof TopicExistsException) return false;
      throw failure;
    }
  }

  /** A new topic may be missing from a listing, or lack leaders, for a moment after its creation was confirmed. */
  private static Map<String, TopicDescription> waitForLeaders(Admin admin, List<String> names)
      throws Refusal, ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + TOPICS_READY_TIMEOUT_MS * 1_000_000L;
    while (true) {
      try {
        var found = admin.describeTopics(names).allTopicNames().get();
        if (found.values().stream().allMatch(KafkaAdmin::hasLeaders)) return found;
      } catch (ExecutionException failure) {
        if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)) throw failure;
      }
      if (System.nanoTime() > deadline) {
        throw new Refusal("topics have no leader after " + TOPICS_READY_TIMEOUT_MS / 1000 + " s: " + String.join(", ", names));
      }
      Thread.sleep(POLL_MS);
    }
  }

  private static boolean hasLeaders(TopicDescription topic) {
    return topic.partitions().stream().allMatch(partition -> partition.leader() != null && !partition.leader().isEmpty());
  }

  private static void lag(Admin admin, String groupPrefix) throws ExecutionException, InterruptedException {
    List<String> groups =
        admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get().stream()
            .map(GroupListing::groupId)
            .filter(group -> group.startsWith(groupPrefix))
            .sorted()
            .toList();
    if (groups.isEmpty()) return;
    var specs = groups.stream().collect(Collectors.toMap(group -> group, group -> new ListConsumerGroupOffsetsSpec()));
    var committed = admin.listConsumerGroupOffsets(specs).all().get();
    var descriptions = admin.describeConsumerGroups(groups).all().get();

    Map<String, Set<TopicPartition>> partitions = new HashMap<>();
    for (String group : groups) partitions.put(group, partitionsOf(descriptions.get(group), committed.get(group)));
    Set<TopicPartition> all = partitions.values().stream().flatMap(Collection::stream).collect(Collectors.toSet());
    Map<TopicPartition, Long> ends = offsets(admin, all, OffsetSpec.latest());
    Map<TopicPartition, Long> begins = offsets(admin, all, OffsetSpec.earliest());

    for (String group : groups) {
      Map<String, Long> lags = new TreeMap<>();
      for (TopicPartition partition : partitions.get(group)) {
        OffsetAndMetadata at = committed.get(group).get(partition);
        // Nothing committed yet: the project's consumers begin at the oldest message.
        long from = at == null ? begins.get(partition) : at.offset();
        lags.merge(partition.topic(), Math.max(0, ends.get(partition) - from), Long::sum);
      }
      ConsumerGroupDescription description = descriptions.get(group);
      String state = description.groupState().toString();
      int members = description.members().size();
      lags.forEach((topic, lag) -> print(row("group", group, "topic", topic, "lag", lag, "members", members, "state", state)));
    }
  }

  private static Set<TopicPartition> partitionsOf(
      ConsumerGroupDescription group, Map<TopicPartition, OffsetAndMetadata> committed) {
    Set<TopicPartition> partitions = new HashSet<>(committed.keySet());
    group.members().forEach(member -> partitions.addAll(member.assignment().topicPartitions()));
    return partitions;
  }

  private static Map<TopicPartition, Long> offsets(Admin admin, Set<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    var asked = partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> spec));
    for (var answer : admin.listOffsets(asked).all().get().entrySet()) offsets.put(answer.getKey(), answer.getValue().offset());
    return offsets;
  }

  private static int number(String name, String text) throws Refusal {
    if (!text.matches("[1-9][0-9]{0,5}")) throw new Refusal(name + " is not a positive whole number: " + text);
    return Integer.parseInt(text);
  }

  private static String sentence(Exception failure, String brokers) {
    Throwable cause = failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    if (cause instanceof TimeoutException) return "no Kafka broker answered at " + brokers;
    Throwable root = cause;
    while (root.getCause() != null) root = root.getCause();
    String detail = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return "Kafka at " + brokers + ": " + detail.lines().findFirst().orElse("");
  }

  private static Map<String, Object> row(Object... namesAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int at = 0; at < namesAndValues.length; at += 2) row.put((String) namesAndValues[at], namesAndValues[at + 1]);
    return row;
  }

  private static void print(Map<String, Object> row) {
    List<String> fields = new ArrayList<>();
    row.forEach((name, value) -> fields.add(json(name) + ":" + (value instanceof String text ? json(text) : value)));
    System.out.println("{" + String.join(",", fields) + "}");
  }

  private static String json(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char character : text.toCharArray()) {
      if (character == '"' || character == '\\') quoted.append('\\').append(character);
      else if (character < ' ') quoted.append(String.format("\\u%04x", (int) character));
      else quoted.append(character);
    }
    return quoted.append('"').toString();
  }
}
