#include "analyzer/elf.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct elf {
    struct span file;
    bool wide;       /* 64 bits */
    bool big_endian;
};

/* An unsigned number; false if it lies outside. */
static bool read_number(const struct elf *elf, uint64_t offset, size_t len, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (offset > elf->file.len || len > elf->file.len - offset)
        return false;
    const unsigned char *bytes = (const unsigned char *)elf->file.ptr + offset;
    for (size_t i = 0; i < len; i++)
        value |= (uint64_t)bytes[elf->big_endian ? len - 1 - i : i] << (8 * i);
    *ret_value = value;
    return true;
}

/* A field that has an offset and a width in each class. */
static bool read_field(const struct elf *elf, uint64_t base, uint64_t narrow_at,
                       size_t narrow_len, uint64_t wide_at, size_t wide_len, uint64_t *ret_value)
{
    return read_number(elf, base + (elf->wide ? wide_at : narrow_at),
                       elf->wide ? wide_len : narrow_len, ret_value);
}

#define FIELD(elf, base, Type, member, ret_value)                                              \
    read_field(elf, base, offsetof(Elf32_##Type, member), sizeof(((Elf32_##Type *)0)->member), \
               offsetof(Elf64_##Type, member), sizeof(((Elf64_##Type *)0)->member), ret_value)

static bool open_elf(struct elf *elf, struct span file)
{
    *elf = (struct elf){.file = file};
    if (file.len < EI_NIDENT || memcmp(file.ptr, ELFMAG, SELFMAG) != 0)
        return false;
    elf->wide = file.ptr[EI_CLASS] == ELFCLASS64;
    elf->big_endian = file.ptr[EI_DATA] == ELFDATA2MSB;
    return elf->wide || file.ptr[EI_CLASS] == ELFCLASS32;
}

static bool part_of(const struct elf *elf, uint64_t offset, uint64_t len, struct span *ret_part)
{
    if (offset > elf->file.len || len > elf->file.len - offset)
        return false;
    *ret_part = span_of(elf->file.ptr + offset, (size_t)len);
    return true;
}

struct sections {
    uint64_t offset, count, entry_bytes;
    struct span names;
};

static bool section_part(const struct elf *elf, const struct sections *sections, uint64_t number,
                         struct span *ret_part)
{
    uint64_t at = sections->offset + number * sections->entry_bytes, type, offset, len;
    return FIELD(elf, at, Shdr, sh_type, &type) && type != SHT_NOBITS &&
           FIELD(elf, at, Shdr, sh_offset, &offset) && FIELD(elf, at, Shdr, sh_size, &len) &&
           part_of(elf, offset, len, ret_part);
}

static bool open_sections(const struct elf *elf, struct sections *ret_sections)
{
    struct sections sections;
    uint64_t names;
    return FIELD(elf, 0, Ehdr, e_shoff, &sections.offset) && sections.offset &&
           sections.offset <= elf->file.len && FIELD(elf, 0, Ehdr, e_shnum, &sections.count) &&
           FIELD(elf, 0, Ehdr, e_shentsize, &sections.entry_bytes) && sections.entry_bytes &&
           FIELD(elf, 0, Ehdr, e_shstrndx, &names) && names < sections.count &&
           section_part(elf, &sections, names, &sections.names) &&
           (*ret_sections = sections, true);
}

static bool has_name(const struct elf *elf, const struct sections *sections, uint64_t number,
                     const char *name)
{
    uint64_t at = sections->offset + number * sections->entry_bytes, offset;
    size_t len = strlen(name) + 1;
    return FIELD(elf, at, Shdr, sh_name, &offset) && offset <= sections->names.len &&
           len <= sections->names.len - offset &&
           memcmp(sections->names.ptr + offset, name, len) == 0;
}

bool elf_section(struct span file, const char *name, struct span *ret_section)
{
    struct elf elf;
    struct sections sections;
    if (!open_elf(&elf, file) || !open_sections(&elf, &sections))
        return false;
    for (uint64_t i = 0; i < sections.count; i++)
        if (has_name(&elf, &sections, i, name))
            return section_part(&elf, &sections, i, ret_section);
    return false;
}

bool elf_data_segment(struct span file, struct span *ret_segment)
{
    struct elf elf;
    uint64_t start, count, entry_bytes;
    if (!open_elf(&elf, file) || !FIELD(&elf, 0, Ehdr, e_phoff, &start) || start > file.len ||
        !FIELD(&elf, 0, Ehdr, e_phnum, &count) ||
        !FIELD(&elf, 0, Ehdr, e_phentsize, &entry_bytes))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = start + i * entry_bytes, type, flags, offset, len;
        if (!FIELD(&elf, at, Phdr, p_type, &type) || !FIELD(&elf, at, Phdr, p_flags, &flags) ||
            !FIELD(&elf, at, Phdr, p_offset, &offset) || !FIELD(&elf, at, Phdr, p_filesz, &len))
            return false;
        if (type == PT_LOAD && (flags & (PF_W | PF_X)) == PF_W)
            return part_of(&elf, offset, len, ret_segment);
    }
    return false;
}
