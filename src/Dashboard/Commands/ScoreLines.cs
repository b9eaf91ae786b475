using System.Buffers;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Dashboard.Commands;

/// <summary>Writes <c>{"id","score","pValue"}</c> lines.</summary>
internal sealed class ScoreLines(Stream output)
{
    private const int FlushBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(FlushBytes + 4096);

    public void Write(ScoreSlot slot)
    {
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", slot.Id);
            json.WriteNumber("score", slot.Score);
            json.WriteNumber("pValue", slot.PValue);
            json.WriteEndObject();
        }
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushBytes)
            Complete();
    }

    public void Complete()
    {
        output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
        output.Flush();
    }
}

/// <summary>Writes alerts and incidents in the shapes that other programs read.</summary>
internal static class CaseLines
{
    public static void Write(Stream output, IEnumerable<Alert> alerts) =>
        WriteAll(output, alerts.Select(LineOf));

    /// <summary>One alert as a line without its line break.</summary>
    public static byte[] Of(Alert alert) => JsonSerializer.SerializeToUtf8Bytes(LineOf(alert), AlertJson.Options);

    public static void Write(Stream output, IEnumerable<Incident> incidents) =>
        WriteAll(output, incidents.Select(incident => new IncidentLine(
            incident.Id, incident.OpenedAt, incident.Severity, incident.Entities, incident.AlertIds, incident.Title)));

    private static AlertLine LineOf(Alert alert) => new(
        alert.Id, alert.At, alert.Kind, alert.Source, alert.Severity, alert.Score, alert.Entity, alert.EventIds,
        alert.Reason, alert.Contributions, alert.IncidentId);

    private static void WriteAll<T>(Stream output, IEnumerable<T> lines)
    {
        using var buffered = new BufferedStream(output, 64 * 1024);
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(buffered, line, AlertJson.Options);
            buffered.WriteByte((byte)'\n');
        }
    }

    private sealed record AlertLine(
        string Id, DateTimeOffset Time, AlertKind Kind, string Source, Severity Severity, double Score, EntityRef Entity,
        IReadOnlyList<string> EventIds, string Reason, IReadOnlyList<Contribution> Contributions, string IncidentId);

    private sealed record IncidentLine(
        string Id, DateTimeOffset OpenedAt, Severity Severity,
        IReadOnlyList<EntityRef> Entities, IReadOnlyList<string> AlertIds, string Title);
}
