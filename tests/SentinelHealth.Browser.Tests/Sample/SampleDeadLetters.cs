using System.Text;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Browser.Tests.Sample;

/// <summary>Three letters, one of them hostile.</summary>
internal sealed class SampleDeadLetters(DateTimeOffset now) : IDeadLetters
{
    private readonly StoredDeadLetter[] _letters =
    [
        Letter(37, now.AddMinutes(-2), RejectionReason.MissingField, "The field actor is missing.",
            """{"schema":"sentinel.ledger-transaction.v1","id":"0x5f1c:3"}"""),
        Letter(36, now.AddMinutes(-19), RejectionReason.NotJson, "The record is not a JSON object.",
            "<script>document.title='owned'</script>"),
        Letter(35, now.AddHours(-3), RejectionReason.InvalidValue, "The field decision has a value outside its set.",
            """{"decision":"maybe"}"""),
    ];

    public ValueTask AppendAsync(IReadOnlyList<DeadLetter> batch, CancellationToken cancel) =>
        throw new NotSupportedException("Pages only read.");

    public ValueTask<long> CountAsync(CancellationToken cancel) => ValueTask.FromResult(37L);

    public ValueTask<IReadOnlyList<StoredDeadLetter>> NewestAsync(int lettersMax, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<StoredDeadLetter>>([.. _letters.Take(lettersMax)]);

    private static StoredDeadLetter Letter(long number, DateTimeOffset at, RejectionReason reason, string detail, string payload)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return new StoredDeadLetter(number, at, new DeadLetter(
            "biometric queries", $"biometric.queries/2@{88_000 + number}", new Rejection(reason, detail, -1), bytes,
                bytes.Length, new string('0', 64)));
    }
}
