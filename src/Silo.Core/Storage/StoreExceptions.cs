namespace Silo.Core.Storage;

/// <summary>The store cannot be used now, and what was asked was surely not done.</summary>
public class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The answer was lost: what was asked may or may not have been done. Send the same again, or read back.</summary>
public class StoreUnknownException : Exception
{
    public StoreUnknownException()
    {
    }

    public StoreUnknownException(string message)
        : base(message)
    {
    }

    public StoreUnknownException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The store's file or schema is not one this program may use: corrupt, newer, or held by another process. Nothing was changed.</summary>
public class StoreRefusedException : Exception
{
    public StoreRefusedException()
    {
    }

    public StoreRefusedException(string message)
        : base(message)
    {
    }

    public StoreRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
