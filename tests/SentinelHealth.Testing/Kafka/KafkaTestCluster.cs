using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using SentinelHealth.Ingest.Kafka;

namespace SentinelHealth.Testing.Kafka;

/// <summary>
/// Kafka brokers for tests: librdkafka's own mock cluster, which speaks the real protocol over real sockets, and which can be told
/// to fail. It keeps about 5 MB a partition, nothing on disk, and no sequence numbers of idempotent producers.
/// </summary>
public sealed class KafkaTestCluster : IDisposable
{
    private const int ProducerType = 0;

    private readonly IntPtr _client;
    private readonly IntPtr _cluster;
    private bool _isDisposed;

    static KafkaTestCluster() => NativeLibrary.SetDllImportResolver(
        Assembly.GetExecutingAssembly(), (name, _, _) => name == Native.Library ? KafkaLibrary.LoadHandle() : IntPtr.Zero);

    public KafkaTestCluster(int brokers = 1)
    {
        var reason = new byte[512];
        // Silent: it would complain that it has no brokers of its own to connect to.
        var config = Native.NewConfig();
        Check(Native.SetConfig(config, "log_level\0"u8.ToArray(), "0\0"u8.ToArray(), reason, (UIntPtr)reason.Length));
        _client = Native.NewClient(ProducerType, config, reason, (UIntPtr)reason.Length);
        if (_client == IntPtr.Zero)
            throw new InvalidOperationException("The mock cluster's client could not be made.");
        _cluster = Native.NewCluster(_client, brokers);
        Bootstrap = Marshal.PtrToStringUTF8(Native.Bootstraps(_cluster))!;
        // A test does not wait for members that might still come.
        Native.SetRebalanceDelay(_cluster, 0);
    }

    /// <summary>The brokers' addresses.</summary>
    public string Bootstrap { get; }

    public KafkaConnection Connection => new()
    {
        BootstrapServers = Bootstrap,
        // The mock cluster takes this long for every rebalance.
        SessionTimeout = TimeSpan.FromSeconds(2),
        // The brokers check no sequence numbers, so only one request at a time keeps the order.
        RequestsInFlightMax = 1,
    };

    public void CreateTopic(string name, int partitions) => Check(Native.CreateTopic(_cluster, Encoding.UTF8.GetBytes(name + "\0"), partitions, 1));

    /// <summary>The next requests of a kind are answered with errors and have no effect.</summary>
    public void FailNext(KafkaRequest request, params ErrorCode[] errors) =>
        Native.PushErrors(_cluster, (short)request, (UIntPtr)errors.Length, Array.ConvertAll(errors, error => (int)error));

    /// <summary>Closes a broker's connections and refuses new ones.</summary>
    public void TakeDown(int broker) => Check(Native.SetDown(_cluster, broker));

    public void BringUp(int broker) => Check(Native.SetUp(_cluster, broker));

    /// <summary>How long every answer of a broker takes.</summary>
    public void SetRoundTrip(int broker, TimeSpan time) =>
        Check(Native.SetRoundTrip(_cluster, broker, (int)time.TotalMilliseconds));

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Native.DestroyCluster(_cluster);
        Native.DestroyClient(_client);
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"The mock cluster refused: {(ErrorCode)error}.");
    }

    private static class Native
    {
        public const string Library = "librdkafka";

        [DllImport(Library, EntryPoint = "rd_kafka_conf_new"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern IntPtr NewConfig();

        [DllImport(Library, EntryPoint = "rd_kafka_conf_set"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SetConfig(IntPtr config, byte[] name, byte[] value, byte[] reason, UIntPtr reasonBytes);

        [DllImport(Library, EntryPoint = "rd_kafka_new"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern IntPtr NewClient(int type, IntPtr config, byte[] reason, UIntPtr reasonBytes);

        [DllImport(Library, EntryPoint = "rd_kafka_destroy"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void DestroyClient(IntPtr client);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_new"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern IntPtr NewCluster(IntPtr client, int brokers);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void DestroyCluster(IntPtr cluster);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern IntPtr Bootstraps(IntPtr cluster);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void SetRebalanceDelay(IntPtr cluster, int milliseconds);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_topic_create"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int CreateTopic(IntPtr cluster, byte[] topic, int partitions, int replicas);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void PushErrors(IntPtr cluster, short request, UIntPtr count, int[] errors);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SetDown(IntPtr cluster, int broker);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SetUp(IntPtr cluster, int broker);

        [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SetRoundTrip(IntPtr cluster, int broker, int milliseconds);
    }
}

/// <summary>Requests of the Kafka protocol that a test may make fail.</summary>
public enum KafkaRequest
{
    Produce = 0,
    Fetch = 1,
    Metadata = 3,
    OffsetCommit = 8,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    SyncGroup = 14,
    InitProducerId = 22,
}
