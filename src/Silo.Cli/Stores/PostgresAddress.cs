using Npgsql;
using Silo.Cli.Configuration;

namespace Silo.Cli.Stores;

/// <summary>A PostgreSQL database as a user names it: by a URL, by keywords, or by the variables that PostgreSQL's own programs read.</summary>
internal sealed class PostgresAddress
{
    private const string HowTo = "The database in PostgreSQL must be named: give --connection postgresql://USER@HOST/DATABASE, or set DATABASE_URL, or PGHOST and PGDATABASE.";

    /// <summary>Each with the keyword it stands for; they fill in what the connection does not say.</summary>
    private static readonly (string Variable, string Keyword)[] Variables =
        [("PGHOST", "Host"), ("PGPORT", "Port"), ("PGDATABASE", "Database"), ("PGUSER", "Username"), ("PGPASSWORD", "Password"), ("PGSSLMODE", "SSL Mode")];

    private PostgresAddress(string source, NpgsqlConnectionStringBuilder builder) => (Source, ConnectionString, Shown) = (source, builder.ConnectionString, Show(builder));

    /// <summary>Where it was said, as error texts name it.</summary>
    public string Source { get; }

    /// <summary>In Npgsql's keywords, the password included.</summary>
    public string ConnectionString { get; }

    /// <summary>As a URL without the password.</summary>
    public string Shown { get; }

    /// <param name="connection">A URL, or keywords such as <c>Host=db;Database=silo</c>; null when nothing was given.</param>
    /// <param name="variable">Reads an environment variable; null for one that is not set.</param>
    /// <exception cref="FormatException">Which setting is wrong and why, without the password.</exception>
    public static PostgresAddress Read(SettingValue? connection, Func<string, string?> variable)
    {
        if (connection is null && variable("PGHOST") is null && variable("PGDATABASE") is null)
        {
            throw new FormatException(HowTo);
        }

        var builder = connection is null ? new NpgsqlConnectionStringBuilder() : Parse(connection.Source, connection.Text);
        foreach (var (name, keyword) in Variables)
        {
            if (variable(name) is { } text && !builder.ShouldSerialize(keyword))
            {
                Set(builder, keyword, name == "PGSSLMODE" ? PostgresUrl.SslMode(text) : text, name);
            }
        }

        builder.Host ??= "localhost";
        builder.Username ??= Environment.UserName;
        builder.Database ??= builder.Username;
        builder.ApplicationName ??= "silo";
        return new PostgresAddress(connection?.Source ?? "PGHOST, PGDATABASE, ...", builder);
    }

    /// <summary>A connection as <c>config show</c> prints it: what cannot be read is not shown at all.</summary>
    public static string? Masked(string connection)
    {
        try
        {
            var builder = Parse("", connection);
            return builder.Password is null ? connection : Show(builder);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(string source, string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        if (PostgresUrl.IsUrl(connection))
        {
            foreach (var (keyword, value) in PostgresUrl.Read(source, connection))
            {
                Set(builder, keyword, value, source);
            }

            return builder;
        }

        try
        {
            builder.ConnectionString = connection;
            return builder;
        }
        catch (ArgumentException)
        {
            // Npgsql's own words quote the text, in which the password may be.
            throw new FormatException($"{source} must be a URL such as postgresql://USER:PASSWORD@HOST:5432/DATABASE, or Npgsql's keywords such as Host=HOST;Username=USER;Password=PASSWORD;Database=DATABASE.");
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string keyword, string value, string source)
    {
        try
        {
            builder[keyword] = value;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            throw new FormatException($"{source} is wrong: {keyword} cannot be '{(keyword == "Password" ? "..." : value)}'.", wrong);
        }
    }

    private static string Show(NpgsqlConnectionStringBuilder builder)
    {
        var host = builder.Host ?? "localhost";
        var user = builder.Username is { } name ? Uri.EscapeDataString(name) + (builder.Password is null ? "" : ":********") + "@" : "";
        return $"postgresql://{user}{(host.Contains(':') ? $"[{host}]" : Uri.EscapeDataString(host))}:{builder.Port}/{Uri.EscapeDataString(builder.Database ?? builder.Username ?? "")}";
    }
}
