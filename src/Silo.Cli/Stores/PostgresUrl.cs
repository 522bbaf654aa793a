namespace Silo.Cli.Stores;

/// <summary>The form <c>postgresql://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE</c>, which platforms hand out as DATABASE_URL and Npgsql does not read.</summary>
internal static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    /// <summary>The parameters of libpq that have an equal in Npgsql.</summary>
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["sslmode"] = "SSL Mode",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslrootcert"] = "Root Certificate",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["target_session_attrs"] = "Target Session Attributes",
        ["host"] = "Host",
        ["port"] = "Port",
        ["user"] = "Username",
        ["password"] = "Password",
        ["dbname"] = "Database",
    };

    public static bool IsUrl(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <returns>Npgsql's keywords and their values.</returns>
    /// <exception cref="FormatException">What is wrong, without the text: a password may be anywhere in it.</exception>
    public static IEnumerable<(string Keyword, string Value)> Read(string source, string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var (main, query) = Cut(rest, rest.IndexOf('?'));
        var slash = main.IndexOf('/', main.LastIndexOf('@') + 1);
        var (authority, database) = Cut(main, slash);
        var at = authority.LastIndexOf('@');
        var (user, password) = at < 0 ? ("", "") : Cut(authority[..at], authority.IndexOf(':') is var colon && colon < at ? colon : -1);
        var hosts = authority[(at + 1)..].Split(',').Select(host => Host(source, host)).ToList();
        List<(string Keyword, string Value)> found =
        [
            ("Username", user),
            ("Password", password),
            ("Database", database),
            // Several hosts each have their port, as Npgsql reads them too.
            ("Host", hosts is [var only] ? only.Host : string.Join(',', hosts.Select(host => host.Port.Length == 0 ? host.Host : $"{host.Host}:{host.Port}"))),
            ("Port", hosts is [var one] ? one.Port : ""),
        ];
        found = [.. found.Select(pair => (pair.Keyword, Value: Decode(pair.Value)))];
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(parameter, parameter.IndexOf('='));
            found.Add(Parameters.TryGetValue(name, out var keyword)
                ? (keyword, name switch { "sslmode" => SslMode(value), "target_session_attrs" => value.Replace("read-write", "primary", StringComparison.Ordinal), _ => Decode(value) })
                : throw new FormatException($"{source} has the parameter '{name}', which Silo does not know; there are {string.Join(", ", Parameters.Keys)}."));
        }

        return found.Where(pair => pair.Value.Length > 0);
    }

    /// <summary>libpq writes verify-full where Npgsql has VerifyFull.</summary>
    public static string SslMode(string text) => text.Replace("-", "", StringComparison.Ordinal);

    private static (string Host, string Port) Host(string source, string text)
    {
        var close = text.IndexOf(']');
        var (host, port) = Cut(text, text.IndexOf(':', Math.Max(close, 0)));
        if (port.Length > 0 && !(ushort.TryParse(port, out var number) && number > 0))
        {
            throw new FormatException($"{source} must have a port from 1 to 65535 after the host; a password with : / ? # @ in it has to be percent-encoded.");
        }

        return (close > 0 ? host[1..close] : host, port);
    }

    /// <summary>What stands before a character and after it; all of it before one that is not there.</summary>
    private static (string Before, string After) Cut(string text, int at) => at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
