namespace Silo.Cluster.Client;

/// <summary>Which programs understand each other: silos and clients of one cluster speak one format of messages.</summary>
/// <remarks>The check is in PostgreSQL, where the silos find each other: a silo becomes a member, and a client is told of silos, only if they have its format.</remarks>
public static class MessageFormat
{
    /// <summary>Grows with every change of grains or messages that the version before cannot read. Adding a field to a record is none: it is read as absent there.</summary>
    public const int Current = 1;

    /// <summary>The SQLSTATE with which PostgreSQL refuses a program of another format; the message says which.</summary>
    public const string RefusedState = "SI001";

    /// <summary>How a connection says which format its program speaks.</summary>
    internal const string SessionSetting = "silo.message_format";
}
