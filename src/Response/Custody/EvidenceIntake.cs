using System.Security.Cryptography;
using SentinelHealth.Response.Evidence;

namespace SentinelHealth.Response.Custody;

/// <summary>Something to be entered, committed to and sealed, without a number yet.</summary>
/// <param name="Draft">What it is.</param>
/// <param name="Commitment">Over salt and body.</param>
/// <param name="Payload">Salt and body, sealed when they are about a person.</param>
public sealed record SealedDraft(EvidenceDraft Draft, ReadOnlyMemory<byte> Commitment, byte[] Payload);

/// <summary>Salts and seals what is to be entered, before it touches any file.</summary>
/// <param name="vault">Persons' keys.</param>
/// <param name="clock">When things are entered.</param>
public sealed class EvidenceIntake(SubjectVault vault, TimeProvider clock)
{
    /// <summary>Persons' keys.</summary>
    public SubjectVault Vault => vault;

    /// <summary>The clock of what is entered.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Seals drafts. New persons' keys are durable when it returns.</summary>
    public IReadOnlyList<SealedDraft> Seal(IReadOnlyList<EvidenceDraft> drafts)
    {
        ArgumentNullException.ThrowIfNull(drafts);
        var keys = vault.KeysFor(drafts.Where(draft => draft.Subject.Length > 0).Select(draft => draft.Subject));
        return [.. drafts.Select(draft => Seal(draft, keys.GetValueOrDefault(draft.Subject)))];
    }

    /// <summary>Seals a text about a person so that it can lie anywhere.</summary>
    public string SealText(string subject, string text)
    {
        var key = vault.KeysFor([subject])[subject];
        var salt = new byte[EvidenceEntry.SaltBytes];
        return SealedTextMark + Convert.ToBase64String(
            EvidencePayload.Seal(key.Id, key.Key, salt, System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>What was sealed; the text itself when it was not; null when its person was erased.</summary>
    public string? OpenText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(SealedTextMark, StringComparison.Ordinal))
            return text;
        var opened = EvidencePayload.Open(Convert.FromBase64String(text[SealedTextMark.Length..]), vault.Find);
        return opened is { } payload ? System.Text.Encoding.UTF8.GetString(payload.Body.Span) : null;
    }

    /// <summary>Whether a stored text is about a person, or was sealed for one whose key is gone: nobody reads that any more.</summary>
    public bool IsOf(string subject, string stored) =>
        OpenText(stored) is not { } text || CaseEvidence.SubjectOf(text) == subject;

    /// <summary>No JSON begins like this.</summary>
    private const string SealedTextMark = "sealed:";

    private static SealedDraft Seal(EvidenceDraft draft, SubjectKey? key)
    {
        if (draft.Body.Length > EvidenceDraft.BodyBytesMax)
            throw new ArgumentException($"A body of {draft.Body.Length} bytes is longer than the evidence log takes.", nameof(draft));
        Span<byte> salt = stackalloc byte[EvidenceEntry.SaltBytes];
        RandomNumberGenerator.Fill(salt);
        var payload = key is null
            ? EvidencePayload.Plain(salt, draft.Body.Span)
            : EvidencePayload.Seal(key.Id, key.Key, salt, draft.Body.Span);
        return new SealedDraft(draft, EvidenceEntry.Commit(salt, draft.Body.Span), payload);
    }
}
