"""The same card by Pillow: cards a second. Arguments: photograph, folder of fonts, folder for one card, how many."""

import io
import sys
import time

from PIL import Image, ImageDraw, ImageFont, ImageOps

photo, fonts, folder, cards = open(sys.argv[1], "rb").read(), sys.argv[2], sys.argv[3], int(sys.argv[4])
face = lambda name, size: ImageFont.truetype(f"{fonts}/NanumSquare{name}.ttf", size)
small, title, lead = face("B", 48), face("EB", 100), face("R", 48)

shade = Image.new("L", (1, 1080))
for y in range(1080):
    shade.putpixel((0, y), int(153 * min(1, max(0, (y - 540) / 160))))
shade = shade.resize((1080, 1080))
black = Image.new("RGB", (1080, 1080))


def lines(draw, text, font, width):
    out = [""]
    for word in text.split():
        longer = f"{out[-1]} {word}".strip()
        if draw.textlength(longer, font) <= width:
            out[-1] = longer
        else:
            out.append(word)
    return out


def draw_card(n):
    card = ImageOps.fit(Image.open(io.BytesIO(photo)), (1080, 1080), Image.Resampling.BICUBIC)
    card = Image.composite(black, card, shade)
    draw = ImageDraw.Draw(card)
    y = 1010
    texts = [
        (lead, "12. 5.(토) 17:00 중앙광장, 누구나 무료로 볼 수 있습니다", 66),
        (title, f"옥정호수공원 겨울빛 점등식 {n}번째 밤, 모두 함께 걸어요", 124),
        (small, "예시시 소식 12월 1주", 66),
    ]
    for font, text, leading in texts:
        for line in reversed(lines(draw, text, font, 930)):
            y -= leading
            draw.text((75, y), line, fill="white", font=font)
        y -= 20
    out = io.BytesIO()
    card.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


with open(f"{folder}/pillow.jpg", "wb") as file:
    file.write(draw_card(0))
start = time.perf_counter()
for n in range(cards):
    draw_card(n)
print(cards / (time.perf_counter() - start))
