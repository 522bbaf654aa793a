using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Silo.Contracts.Json;
using Silo.Gateway.Requests;

namespace Silo.Gateway.Security;

/// <summary>A key that callers may send, as the server knows it: by its hash.</summary>
/// <remarks>Plain SHA-256 protects keys of full randomness, as <see cref="NewText"/> makes them; the hash of a guessable word is as good as the word.</remarks>
public sealed record ApiKey
{
    public const int TextLengthMin = 16;

    private const int TextBytes = 32;

    /// <summary>Says whose key it is, in answers and logs: 1 to 128 letters, digits, '.', '_' or '-'. Unique.</summary>
    public required string Name { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<Scope> Scopes { get; init; }

    /// <summary>SHA-256 of the key in UTF-8, as 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The key as one line of a key file: <c>name:scope,scope:sha256</c>.</summary>
    public string Line => $"{Name}:{string.Join(',', Scopes.Select(WireNames.Of))}:{Sha256}";

    /// <summary>A key of which the text is known.</summary>
    /// <exception cref="ArgumentException">The text is no key: see <see cref="IsText"/>.</exception>
    public static ApiKey OfText(string name, string text, params IReadOnlyList<Scope> scopes) => IsText(text)
        ? new ApiKey { Name = name, Scopes = scopes, Sha256 = Convert.ToHexStringLower(Hash(text)) }
        : throw new ArgumentException(TextRule(text), nameof(text));

    /// <summary>Whether a text is long enough, and can be sent in a header as it is.</summary>
    public static bool IsText(string text) => text.Length >= TextLengthMin && text.All(letter => letter is > ' ' and <= '~');

    /// <summary>Why a text is no key, without repeating it.</summary>
    public static string TextRule(string text) =>
        $"The API key has {text.Length} characters: at least {TextLengthMin} visible ASCII characters without spaces were expected.";

    /// <summary>The text of a new key: 32 random bytes behind <c>silo_</c>, by which tools that look for leaked secrets know it.</summary>
    public static string NewText() => "silo_" + RandomText.OfBytes(TextBytes);

    /// <summary>Reads one line of a key file.</summary>
    /// <param name="rule">The rule that the line breaks, as the end of a sentence.</param>
    public static bool TryParse(string line, [NotNullWhen(true)] out ApiKey? key, [NotNullWhen(false)] out string? rule)
    {
        (key, rule) = (null, null);
        if (line.Split(':') is not [var name, var scopes, var hash])
        {
            rule = "must be name:scopes:sha256, such as ci:submit,read:9f86…";
            return false;
        }

        var read = new List<Scope>();
        foreach (var text in scopes.Split(','))
        {
            if (!WireNames.TryParse<Scope>(text, out var scope))
                rule = $"has the scope '{text}': one of {WireNames.All<Scope>()} was expected, or several between commas";
            read.Add(scope);
        }

        var parsed = new ApiKey { Name = name, Scopes = read, Sha256 = hash };
        rule ??= parsed.Problems().FirstOrDefault();
        key = rule is null ? parsed : null;
        return key is not null;
    }

    internal static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>What is wrong with this key by itself, each as the end of a sentence.</summary>
    internal IEnumerable<string> Problems()
    {
        if (!FieldRules.IsName(Name))
            yield return $"has the name '{Name}': 1 to 128 ASCII letters, digits, '.', '_' or '-' were expected";
        if (Scopes.Count == 0 || Scopes.Any(scope => !Enum.IsDefined(scope)) || Scopes.Distinct().Count() != Scopes.Count)
            yield return $"needs at least one scope, each once: {WireNames.All<Scope>()}";
        if (Sha256.Length != 2 * SHA256.HashSizeInBytes || !Sha256.All(char.IsAsciiHexDigit))
            yield return "needs the SHA-256 of the key as 64 hexadecimal digits; 'silo keys new' prints such a line";
    }
}
