using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace SentinelHealth.Ingest.Kafka;

/// <summary>Takes messages from a consumer without the objects that the managed client makes of each of them.</summary>
/// <remarks>
/// Those are 192 to 316 bytes a message besides its value, more than an event may cost in all (ADR 0021). The managed client remains the
/// consumer: it has the settings, the membership, the handlers, pausing and the offsets, and its handlers run inside the poll as ever.
/// Only what it would do with a message is done here. What a handler throws is the handler's to keep. One thread.
/// </remarks>
internal sealed class MessagePoll
{
    private const string Library = "librdkafka";

    private readonly SafeHandle _client;
    private readonly Dictionary<IntPtr, string> _topics = [];

    static MessagePoll() => NativeLibrary.SetDllImportResolver(
        typeof(MessagePoll).Assembly, static (name, _, _) => name == Library ? KafkaLibrary.LoadHandle() : IntPtr.Zero);

    /// <exception cref="NotSupportedException">The managed client keeps its native one elsewhere than the version this was written for.</exception>
    public MessagePoll(IClient consumer)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        _client = typeof(Handle).GetProperty("LibrdkafkaHandle", Hidden)?.GetValue(consumer.Handle) as SafeHandle
            ?? throw new NotSupportedException("This version of the Kafka client keeps its native client elsewhere.");
    }

    /// <summary>The next message, to be disposed of; null when none came in time.</summary>
    public PolledMessage? Take(TimeSpan patience)
    {
        var message = ConsumerPoll(_client.DangerousGetHandle(), (int)Math.Max(0, patience.TotalMilliseconds));
        return message == IntPtr.Zero ? null : new PolledMessage(this, message);
    }

    /// <summary>Forgets the topics' names: once partitions come or go, a topic's address may become another's.</summary>
    public void ForgetTopics() => _topics.Clear();

    internal string TopicOf(IntPtr topic)
    {
        if (_topics.TryGetValue(topic, out var name))
            return name;
        return _topics[topic] = Marshal.PtrToStringUTF8(TopicName(topic)) ?? "";
    }

    /// <summary>The headers of a message; null when it has none.</summary>
    internal static Headers? HeadersOf(IntPtr message)
    {
        if (MessageHeaders(message, out var list) != 0)
            return null;
        var headers = new Headers();
        for (var at = 0; HeaderAt(list, (UIntPtr)at, out var name, out var value, out var bytes) == 0; at++)
            headers.Add(Marshal.PtrToStringUTF8(name) ?? "", value == IntPtr.Zero ? null : Copy(value, checked((int)bytes)));
        return headers;
    }

    internal static string FaultOf(IntPtr message) => Marshal.PtrToStringUTF8(MessageFault(message)) ?? "";

    internal static void Destroy(IntPtr message) => DestroyMessage(message);

    private static byte[] Copy(IntPtr from, int bytes)
    {
        var copy = new byte[bytes];
        Marshal.Copy(from, copy, 0, bytes);
        return copy;
    }

    [DllImport(Library, EntryPoint = "rd_kafka_consumer_poll"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr ConsumerPoll(IntPtr client, int milliseconds);

    [DllImport(Library, EntryPoint = "rd_kafka_message_destroy"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void DestroyMessage(IntPtr message);

    [DllImport(Library, EntryPoint = "rd_kafka_message_errstr"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr MessageFault(IntPtr message);

    [DllImport(Library, EntryPoint = "rd_kafka_topic_name"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr TopicName(IntPtr topic);

    [DllImport(Library, EntryPoint = "rd_kafka_message_headers"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MessageHeaders(IntPtr message, out IntPtr headers);

    [DllImport(Library, EntryPoint = "rd_kafka_header_get_all"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int HeaderAt(IntPtr headers, UIntPtr at, out IntPtr name, out IntPtr value, out UIntPtr bytes);
}

/// <summary>One message in the library's memory, which goes when it is disposed of. The layout is the library's public one.</summary>
internal readonly struct PolledMessage(MessagePoll poll, IntPtr at) : IDisposable
{
    private static readonly int Word = IntPtr.Size;

    /// <summary>Why this is no message but word of a fault; <see cref="ErrorCode.NoError"/> for a message.</summary>
    public ErrorCode Error => (ErrorCode)Marshal.ReadInt32(at);

    /// <summary>The fault in words.</summary>
    public string Fault => MessagePoll.FaultOf(at);

    public string Topic => poll.TopicOf(Marshal.ReadIntPtr(at, Word));

    public int Partition => Marshal.ReadInt32(at, 2 * Word);

    public long Offset => Marshal.ReadInt64(at, 7 * Word);

    /// <summary>Whether it has a value, which may be empty.</summary>
    public bool HasValue => Value != IntPtr.Zero;

    public int ValueBytes => checked((int)Marshal.ReadIntPtr(at, 4 * Word));

    /// <summary>The headers; null when there are none, which costs nothing.</summary>
    public Headers? Headers => MessagePoll.HeadersOf(at);

    private IntPtr Value => Marshal.ReadIntPtr(at, 3 * Word);

    public void CopyValue(byte[] to, int start) => Marshal.Copy(Value, to, start, ValueBytes);

    public void Dispose() => MessagePoll.Destroy(at);
}
