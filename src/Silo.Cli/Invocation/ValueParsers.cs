using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Silo.Cli.Invocation;

/// <summary>Reads one value as people type it.</summary>
/// <exception cref="FormatException">The message is the rule that the text breaks, as the end of a sentence.</exception>
internal delegate T ValueParser<out T>(string text);

internal static partial class ValueParsers
{
    public static string Text(string text) => text.Length > 0 ? text : throw new FormatException("must not be empty");

    /// <summary>The same values, for an option that may be left out.</summary>
    public static ValueParser<T?> Optional<T>(ValueParser<T> parser)
        where T : struct => text => parser(text);

    public static ValueParser<int> WholeNumber(int min, int max) => text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new FormatException($"must be a whole number from {min} to {max}");

    public static ValueParser<long> WholeNumber(long min, long max) => text =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new FormatException($"must be a whole number from {min} to {max}");

    /// <summary>Bytes, or a number of KiB, MiB or GiB.</summary>
    public static ValueParser<long> Bytes(long min, long max) => text =>
    {
        var match = BytesForm().Match(text);
        if (!match.Success)
        {
            throw new FormatException("must be a size such as 65536, 512KiB, 8MiB or 1GiB");
        }

        var bytes = long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch
        {
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            _ => 1L,
        };
        return bytes >= min && bytes <= max ? bytes : throw new FormatException($"must be {min} to {max} bytes");
    };

    /// <summary>A number with ms, s, m, h or d, or a bare one.</summary>
    /// <param name="max">The longest that is taken.</param>
    /// <param name="bareUnit">What a bare number counts: s or d.</param>
    public static ValueParser<TimeSpan> Duration(TimeSpan max, char bareUnit = 's') => text =>
    {
        var match = DurationForm().Match(text);
        if (!match.Success || !double.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException($"must be a time such as 500ms, 30s, 5m, 2h or 1d; a bare number is {(bareUnit == 'd' ? "days" : "seconds")}");
        }

        var milliseconds = number * (match.Groups["unit"] is { Success: true } unit ? unit.Value : $"{bareUnit}") switch
        {
            "ms" => 1d,
            "m" => 60_000d,
            "h" => 3_600_000d,
            "d" => 86_400_000d,
            _ => 1000d,
        };
        return milliseconds <= max.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new FormatException($"must not be longer than {max.TotalSeconds:0} s");
    };

    public static Uri ServerAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new FormatException("must be a server's address such as http://127.0.0.1:7070");

    /// <summary>An IP address and a port; port 0 lets the system choose one.</summary>
    public static IPEndPoint Endpoint(string text)
    {
        var withAddress = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..] : text;
        return withAddress.Contains(':') && IPEndPoint.TryParse(withAddress, out var endpoint)
            ? endpoint
            : throw new FormatException("must be an address and a port such as 127.0.0.1:7070 or [::1]:7070; port 0 takes a free one");
    }

    public static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : throw new FormatException("must be the address by which others reach this machine, such as 10.0.0.7");

    public static string ExistingFolder(string text) =>
        Directory.Exists(text) ? Path.GetFullPath(text) : throw new FormatException("must be a folder that exists");

    public static string ExistingProgram(string text)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new FormatException("cannot be allowed here: process tasks need Linux, where all processes of a task can be found and ended");
        }

        return Path.IsPathFullyQualified(text) && File.Exists(text) ? text : throw new FormatException("must be the absolute path of a program that exists");
    }

    public static string VariableName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
            ? text
            : throw new FormatException("must be the name of an environment variable");

    public static string RangeOrHost(string text) =>
        IPNetwork.TryParse(text, out _) || Uri.CheckHostName(text) != UriHostNameType.Unknown
            ? text
            : throw new FormatException("must be a range such as 10.0.0.0/8, an address or a host name");

    public static KeyValuePair<string, string> Label(string text)
    {
        var at = text.IndexOf('=');
        return at > 0 ? new(text[..at], text[(at + 1)..]) : throw new FormatException("must be a name and a value such as zone=eu");
    }

    public static ValueParser<string> OneOf(params string[] names) => text =>
        names.Contains(text) ? text : throw new FormatException($"must be one of {string.Join(", ", names)}");

    [GeneratedRegex(@"^(?<number>[0-9]{1,9}(\.[0-9]{1,6})?)(?<unit>ms|s|m|h|d)?$")]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"^(?<number>[0-9]{1,12})(?<unit>KiB|MiB|GiB)?$")]
    private static partial Regex BytesForm();
}
