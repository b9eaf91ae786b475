using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Network;
using SentinelHealth.Ingest.Simulation.Records;

namespace SentinelHealth.Ingest.Simulation.Acts;

/// <summary>What a matcher made of one capture.</summary>
internal sealed record Capture(double Score, double Quality, double PadScore, string ProbeHash)
{
    /// <summary>A real capture of the enrolled person.</summary>
    public static Capture Genuine(SeededRandom random, Patient patient, string probeHash)
    {
        var quality = Math.Clamp(random.Normal(0.8, 0.08), 0.2, 0.99);
        var score = patient.MatchMean - Math.Max(0, (0.6 - quality) * 0.4) + random.Normal(0, 0.035);
        return new(Math.Clamp(score, 0.3, 0.998), quality, Math.Clamp(random.Normal(0.965, 0.016), 0.6, 0.999), probeHash);
    }

    /// <summary>A real capture of someone else.</summary>
    public static Capture Impostor(SeededRandom random, string probeHash) =>
        new(Math.Clamp(random.Normal(0.34, 0.08), 0.02, 0.7), Math.Clamp(random.Normal(0.78, 0.09), 0.2, 0.99),
            Math.Clamp(random.Normal(0.965, 0.016), 0.6, 0.999), probeHash);
}

/// <summary>Queries to matchers and template stores.</summary>
internal static class BiometricActs
{
    private const double PadThreshold = 0.85;

    public static double Threshold(string modality) => modality switch { "face" => 0.82, "fingerprint" => 0.76, _ => 0.85 };

    public static bool IsMatch(Capture capture, string modality) =>
        capture.Score >= Threshold(modality) && capture.PadScore >= PadThreshold;

    /// <summary>One comparison with a known subject. A query that does not match belongs to no transaction.</summary>
    /// <returns>Whether it matched.</returns>
    public static bool Verify(
        this Pen pen, in Moment moment, Workplace place, in Access access, (Capture Capture, string? Transaction) probe)
    {
        var (capture, transaction) = probe;
        var patient = access.Patient;
        var isLive = capture.PadScore >= PadThreshold;
        var isMatch = IsMatch(capture, patient.Modality);
        var hasScores = moment.Node.Home.LogsScores;
        pen.Write(
            Query(pen, moment, place, access, "verify", new Outcome(
                isMatch ? "match" : "no-match",
                isLive ? capture.Quality < 0.5 && !isMatch ? "low-quality" : null : "presentation-attack",
                hasScores ? capture : null,
                capture.ProbeHash,
                isMatch ? transaction : null)),
            moment.At);
        return isMatch;
    }

    /// <summary>enroll, update, export, decrypt or delete of a template.</summary>
    public static void Template(
        this Pen pen, in Moment moment, Workplace place, in Access access, (string Operation, string? Transaction) what)
    {
        var isCapture = what.Operation is "enroll" or "update";
        var capture = isCapture && moment.Node.Home.LogsScores
            ? Capture.Genuine(pen.Random, access.Patient, pen.Scene.Ids.Fingerprint()) : null;
        pen.Write(
            Query(pen, moment, place, access, what.Operation,
                new Outcome("match", null, capture, isCapture ? pen.Scene.Ids.Fingerprint() : null, what.Transaction)),
            moment.At);
    }

    /// <summary>A search of one face among many.</summary>
    public static void Identify(
        this Pen pen, in Moment moment, Workplace place, Patient? found,
        (int GallerySize, string Purpose, Authorization? Basis, string? Transaction) search)
    {
        var modality = found?.Modality ?? "face";
        var probe = pen.Scene.Ids.Fingerprint();
        var capture = found is null ? Capture.Impostor(pen.Random, probe) : Capture.Genuine(pen.Random, found, probe);
        var hasScores = moment.Node.Home.LogsScores;
        pen.Write(
            new BiometricRecord
            {
                Node = moment.Node,
                Actor = moment.Actor,
                Subject = found?.Id,
                Purpose = search.Purpose,
                Basis = search.Basis,
                ConsentId = search.Basis is { IsGrant: false } consent ? consent.Id : search.Basis?.ConsentId,
                GrantId = search.Basis is { IsGrant: true } grant ? grant.Id : null,
                Operation = "identify",
                Modality = modality,
                Decision = found is null ? "no-match" : "match",
                GallerySize = search.GallerySize,
                Candidates = found is null ? 0 : 1 + pen.Random.Below(3),
                MatchScore = hasScores ? capture.Score : null,
                Threshold = Threshold(modality),
                Quality = hasScores ? capture.Quality : null,
                PadScore = hasScores ? capture.PadScore : null,
                PadDecision = "pass",
                ProbeHash = probe,
                Place = place,
                LatencyMs = 40 + (int)pen.Random.LogNormal(210 + (search.GallerySize / 40.0), 0.3),
                LedgerTransaction = search.Transaction,
            },
            moment.At);
    }

    private static BiometricRecord Query(
        Pen pen, in Moment moment, Workplace place, in Access access, string operation, Outcome outcome)
    {
        var cited = pen.Random.Chance(0.85) ? access.Basis : null;
        return new BiometricRecord
        {
            Node = moment.Node,
            Actor = moment.Actor,
            Subject = access.Patient.Id,
            Purpose = access.Purpose,
            Basis = access.Basis,
            GrantId = cited is { IsGrant: true } ? cited.Id : null,
            ConsentId = cited is null ? null : cited.IsGrant ? cited.ConsentId : cited.Id,
            Operation = operation,
            Modality = access.Patient.Modality,
            Decision = outcome.Decision,
            FailureCode = outcome.FailureCode,
            Candidates = outcome.Decision == "match" ? 1 : 0,
            MatchScore = operation == "verify" ? outcome.Capture?.Score : null,
            Threshold = operation == "verify" ? Threshold(access.Patient.Modality) : null,
            Quality = outcome.Capture?.Quality,
            PadScore = outcome.Capture?.PadScore,
            PadDecision = outcome.Capture is { } seen ? seen.PadScore >= PadThreshold ? "pass" : "fail" : null,
            ProbeHash = outcome.ProbeHash,
            TemplateVersion = Math.Max(1, access.Patient.TemplateVersion),
            Place = place,
            LatencyMs = 30 + (int)pen.Random.LogNormal(110, 0.35),
            LedgerTransaction = outcome.Transaction,
        };
    }

    private sealed record Outcome(string Decision, string? FailureCode, Capture? Capture, string? ProbeHash, string? Transaction);
}
