using System.Security.Cryptography;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>Something to be entered, committed to and sealed, without a number yet.</summary>
/// <param name="Draft">What it is.</param>
/// <param name="Commitment">Over salt and body.</param>
/// <param name="Payload">Salt and body, sealed when they are about a person.</param>
public sealed record SealedDraft(EvidenceDraft Draft, ReadOnlyMemory<byte> Commitment, byte[] Payload);

/// <summary>Salts and seals what is to be entered, before it touches any file.</summary>
/// <param name="vault">
/// Persons' keys; null in a process that does not keep the evidence log. What it enters about persons is marked with their names, and sealed
/// by the process that takes it into the log (<see cref="Close"/>).
/// </param>
/// <param name="clock">When things are entered.</param>
public sealed class EvidenceIntake(ISubjectVault? vault, TimeProvider clock)
{
    /// <summary>No JSON begins like these.</summary>
    internal const string OpenTextMark = "unsealed:";

    private const string SealedTextMark = "sealed:";

    /// <summary>The clock of what is entered.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Seals drafts. New persons' keys are durable when it returns.</summary>
    public IReadOnlyList<SealedDraft> Seal(IReadOnlyList<EvidenceDraft> drafts)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var keys = vault?.KeysFor(drafts.Where(draft => draft.Subject.Length > 0).Select(draft => draft.Subject));
        return [.. drafts.Select(draft => Seal(draft, keys?.GetValueOrDefault(draft.Subject)))];
    }

    /// <summary>Seals a text about a person so that it can lie anywhere.</summary>
    public string SealText(string subject, string text)
    {
        if (vault is null)
            return OpenTextMark + text;
        var key = vault.KeysFor([subject])[subject];
        var salt = new byte[EvidenceEntry.SaltBytes];
        return SealedTextMark + Convert.ToBase64String(
            EvidencePayload.Seal(key.Id, key.Key, salt, System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Payloads as they may lie in the log: what processes without keys left open is sealed now.</summary>
    public IReadOnlyList<byte[]> Close(IReadOnlyList<byte[]> payloads)
    {
        ArgumentNullException.ThrowIfNull(payloads);
        if (vault is null)
            return payloads;
        var about = payloads.Select(payload => EvidencePayload.SubjectOf(payload)).ToList();
        var keys = vault.KeysFor(about.OfType<(string Subject, OpenedPayload Payload)>().Select(open => open.Subject));
        return [.. payloads.Select((payload, i) => about[i] is { } open
            ? Sealed(keys[open.Subject], open.Payload) : payload)];
    }

    /// <summary>A text as it may lie in the store; null when it does already.</summary>
    public string? CloseText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return vault is null || !text.StartsWith(OpenTextMark, StringComparison.Ordinal)
            ? null : SealText(CaseEvidence.SubjectOf(text[OpenTextMark.Length..]), text[OpenTextMark.Length..]);
    }

    /// <summary>What was sealed; the text itself when it was not; null when its person was erased, or the keys are not here.</summary>
    public string? OpenText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(OpenTextMark, StringComparison.Ordinal))
            return text[OpenTextMark.Length..];
        if (!text.StartsWith(SealedTextMark, StringComparison.Ordinal))
            return text;
        if (vault is null)
            return null;
        var opened = EvidencePayload.Open(Convert.FromBase64String(text[SealedTextMark.Length..]), vault.Find);
        return opened is { } payload ? System.Text.Encoding.UTF8.GetString(payload.Body.Span) : null;
    }

    /// <summary>Whether a stored text is about a person, or was sealed for one whose key is gone: nobody reads that any more.</summary>
    public bool IsOf(string subject, string stored) =>
        OpenText(stored) is not { } text || CaseEvidence.SubjectOf(text) == subject;

    private static byte[] Sealed(SubjectKey key, OpenedPayload payload) =>
        EvidencePayload.Seal(key.Id, key.Key, payload.Salt.Span, payload.Body.Span);

    private static SealedDraft Seal(EvidenceDraft draft, SubjectKey? key)
    {
        if (draft.Body.Length > EvidenceDraft.BodyBytesMax)
            throw new ArgumentException($"A body of {draft.Body.Length} bytes is longer than the evidence log takes.", nameof(draft));
        Span<byte> salt = stackalloc byte[EvidenceEntry.SaltBytes];
        RandomNumberGenerator.Fill(salt);
        var payload = key is not null ? EvidencePayload.Seal(key.Id, key.Key, salt, draft.Body.Span)
            : draft.Subject.Length > 0 ? EvidencePayload.OpenAbout(draft.Subject, salt, draft.Body.Span)
            : EvidencePayload.Plain(salt, draft.Body.Span);
        return new SealedDraft(draft, EvidenceEntry.Commit(salt, draft.Body.Span), payload);
    }
}
