using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;
using Silo.Core.Engine;

namespace Silo.Cluster.Client.Messages;

/// <summary>Writes every message that is listed in <see cref="ActorJson"/> as that JSON, so that Core's records carry nothing of Orleans.</summary>
/// <remarks>On the wire: one byte with the length of the type's name, the name, the JSON. Within a process a message is handed over as it is, since nobody
/// changes one after sending it.</remarks>
[Alias(Alias)]
internal sealed class MessageCodec(MessageOptions options) : IGeneralizedCodec, IGeneralizedCopier, ITypeFilter
{
    /// <summary>What stands for this codec on the wire.</summary>
    public const string Alias = "silo.message";

    private static readonly Type Self = typeof(MessageCodec);
    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, [AllowNull] Type expectedType, [AllowNull] object value)
        where TBufferWriter : System.Buffers.IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
        {
            return;
        }

        var type = value.GetType();
        var name = Encoding.UTF8.GetBytes(type.FullName!);
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type, ActorJson.Default);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, Self, WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)(1 + name.Length + json.Length));
        writer.WriteByte(checked((byte)name.Length));
        writer.Write(name);
        writer.Write(json);
    }

    public object ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference)
        {
            return ReferenceCodec.ReadReference(ref reader, field.FieldType)!;
        }

        field.EnsureWireType(WireType.LengthPrefixed);
        var length = reader.ReadVarUInt32();
        var nameLength = reader.ReadByte();
        var type = TypeOf(Encoding.UTF8.GetString(reader.ReadBytes(nameLength)));
        var message = JsonSerializer.Deserialize(reader.ReadBytes(length - nameLength - 1), type, ActorJson.Default)
            ?? throw new JsonException($"A {type.Name} was read as null.");
        ReferenceCodec.RecordObject(reader.Session, message);
        return message;
    }

    [return: NotNullIfNotNull(nameof(input))]
    public object? DeepCopy(object? input, CopyContext context)
    {
        if (!options.CopyOnCall || input is null)
        {
            return input;
        }

        var type = input.GetType();
        return JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(input, type, ActorJson.Default), type, ActorJson.Default)!;
    }

    bool IGeneralizedCodec.IsSupportedType(Type type) => type == Self || IsMessage(type);

    bool IGeneralizedCopier.IsSupportedType(Type type) => IsMessage(type);

    /// <summary>Null leaves types that are none of ours to others.</summary>
    public bool? IsTypeAllowed(Type type) => type == Self || IsMessage(type) ? true : null;

    private static bool IsMessage(Type type) => Known.GetOrAdd(
        type, static one => one is { IsGenericType: false, IsArray: false } && one.Assembly == typeof(ActorJson).Assembly && ActorJson.Default.GetTypeInfo(one) is not null);

    private static Type TypeOf(string name) =>
        typeof(ActorJson).Assembly.GetType(name) is { } type && IsMessage(type)
            ? type
            : throw new NotSupportedException($"'{name}' is no message of this version: the silos of a cluster and its clients must run versions that know each other.");
}
