using System.Text.Json;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Snapshots;

/// <summary>Something immutable that is JSON in a snapshot, with the length of that: found out once, and only when it is asked for.</summary>
internal sealed class SizedJson<T>(T value)
{
    private int _bytes;

    public T Value { get; } = value;

    /// <summary>Bytes of its JSON.</summary>
    public int Bytes => _bytes > 0 ? _bytes : _bytes = JsonSerializer.SerializeToUtf8Bytes(Value, AlertJson.Options).Length;
}
