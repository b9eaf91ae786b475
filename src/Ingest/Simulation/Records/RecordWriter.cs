using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SentinelHealth.Ingest.Simulation.Chance;

namespace SentinelHealth.Ingest.Simulation.Records;

/// <summary>Turns planned records into native JSON, numbering blocks, logs and queries in the order of time.</summary>
/// <remarks>One owner. The buffer is reused; per record only the returned bytes and the identifier are allocated.</remarks>
internal sealed class RecordWriter(DateTimeOffset startAt, SeededRandom random) : IDisposable
{
    private const long FirstBlock = 184_000;
    private const int BlockSeconds = 5;
    private static readonly JsonEncodedText TransactionSchema = JsonEncodedText.Encode("sentinel.ledger-transaction.v1");
    private static readonly JsonEncodedText QuerySchema = JsonEncodedText.Encode("sentinel.biometric-query.v1");
    private static readonly JsonEncodedText Consortium = JsonEncodedText.Encode("consortium-1");
    private static readonly JsonEncodedText Success = JsonEncodedText.Encode("success"),
        Reverted = JsonEncodedText.Encode("reverted");

    private readonly ArrayBufferWriter<byte> _buffer = new(2048);
    private readonly Utf8JsonWriter _writer =
        new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    private long _block = -1;
    private string _blockHash = "";
    private int _logIndex;
    private long _queries;

    public void Dispose() => _writer.Dispose();

    public SimulatedEvent Write(NativeRecord record, bool isRefused)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _writer.WriteStartObject();
        var id = record switch
        {
            LedgerRecord transaction => WriteTransaction(transaction, isRefused),
            BiometricRecord query => WriteQuery(query, isRefused),
            _ => throw new ArgumentException("Unknown kind of record.", nameof(record)),
        };
        _writer.WriteEndObject();
        _writer.Flush();
        return new SimulatedEvent(record.At, id, _buffer.WrittenSpan.ToArray(), record.Label?.Attack, record.Label?.AttackId)
        {
            Oddity = record.Oddity?.Oddity,
            OddityId = record.Oddity?.OddityId,
        };
    }

    private string WriteTransaction(LedgerRecord record, bool isRefused)
    {
        var block = FirstBlock + ((record.At - startAt).Ticks / (BlockSeconds * TimeSpan.TicksPerSecond));
        if (block != _block)
            (_block, _logIndex, _blockHash) = (block, 0, random.Hex("0x", 64));
        var id = string.Create(CultureInfo.InvariantCulture, $"{record.TransactionHash}:{_logIndex}");
        _writer.WriteString(Names.Schema, TransactionSchema);
        _writer.WriteString(Names.Id, id);
        Timestamp.Write(_writer, Names.Time, record.At);
        _writer.WriteString(Names.Chain, Consortium);
        _writer.WriteNumber(Names.Block, block);
        _writer.WriteString(Names.BlockHash, _blockHash);
        _writer.WriteNumber(Names.LogIndex, _logIndex++);
        WriteWho(record);
        _writer.WriteString(Names.Contract, record.Contract);
        _writer.WriteString(Names.Method, record.Method);
        _writer.WriteString(Names.Status, isRefused || record.IsReverted ? Reverted : Success);
        _writer.WriteNumber(Names.GasUsed, record.GasUsed);
        WriteWhy(record);
        WriteAmount(record.Amount);
        _writer.WriteStartObject(Names.Args);
        foreach (var argument in record.Arguments)
            argument.WriteTo(_writer);
        _writer.WriteEndObject();
        return id;
    }

    private string WriteQuery(BiometricRecord record, bool isRefused)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"bq-{7_000 + ++_queries}");
        _writer.WriteString(Names.Schema, QuerySchema);
        _writer.WriteString(Names.Id, id);
        Timestamp.Write(_writer, Names.Time, record.At);
        WriteWho(record);
        _writer.WriteString(Names.Operation, record.Operation);
        _writer.WriteString(Names.Modality, record.Modality);
        _writer.WriteNumber(Names.GallerySize, record.GallerySize);
        _writer.WriteNumber(Names.Candidates, isRefused ? 0 : record.Candidates);
        WriteMatch(record, isRefused);
        WritePlace(record);
        WriteWhy(record);
        WriteText(Names.LedgerTxId, isRefused ? null : record.LedgerTransaction);
        return id;
    }

    /// <summary>A denied query never reached the matcher, so it has no scores.</summary>
    private void WriteMatch(BiometricRecord record, bool isRefused)
    {
        WriteNumber(Names.MatchScore, isRefused ? null : record.MatchScore);
        WriteNumber(Names.Threshold, record.Threshold);
        _writer.WriteString(Names.Decision, isRefused ? "denied" : record.Decision);
        WriteText(Names.FailureCode, isRefused ? "access-denied" : record.FailureCode);
        WriteNumber(Names.Quality, isRefused ? null : record.Quality);
        WriteNumber(Names.PadScore, isRefused ? null : record.PadScore);
        WriteText(Names.PadDecision, isRefused ? null : record.PadDecision);
        WriteText(Names.ProbeHash, record.ProbeHash);
        WriteNumber(Names.TemplateVersion, record.TemplateVersion);
    }

    private void WritePlace(BiometricRecord record)
    {
        _writer.WriteString(Names.Device, record.Place.Device);
        _writer.WriteBoolean(Names.DeviceAttested, record.Place.IsAttested);
        _writer.WriteString(Names.Client, record.Place.Client);
        _writer.WriteString(Names.Ip, record.Place.Ip);
        _writer.WriteString(Names.Country, record.Place.Country);
        _writer.WriteString(Names.Session, record.Place.Session);
        _writer.WriteNumber(Names.LatencyMs, record.LatencyMs);
    }

    private void WriteWho(NativeRecord record)
    {
        _writer.WriteString(Names.Node, record.Node.Id);
        _writer.WriteString(Names.Actor, record.Actor.Did);
        _writer.WriteString(Names.ActorRole, record.Actor.RoleName);
        WriteText(Names.Organization, (record.Organization ?? record.Actor.Home)?.Id);
    }

    private void WriteWhy(NativeRecord record)
    {
        WriteText(Names.Subject, record.Subject);
        WriteText(Names.Purpose, record.Purpose);
        WriteText(Names.ConsentId, record.ConsentId);
        WriteText(Names.GrantId, record.GrantId);
    }

    private void WriteAmount(double? amount)
    {
        if (amount is { } value)
            _writer.WriteNumber(Names.Amount, Math.Round(value, 2));
        else
            _writer.WriteNull(Names.Amount);
    }

    private void WriteNumber(JsonEncodedText name, double? value)
    {
        if (value is { } number)
            _writer.WriteNumber(name, Math.Round(number, 3));
        else
            _writer.WriteNull(name);
    }

    private void WriteText(JsonEncodedText name, string? value)
    {
        if (value is null)
            _writer.WriteNull(name);
        else
            _writer.WriteString(name, value);
    }
}
